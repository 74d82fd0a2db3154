import type { EventView } from '../../contract/event-views.ts';
import type { StoredEvent } from '../../journal/types.ts';
import { publicEvent } from '../../session/events/public-event.ts';
import { instant } from './instant.ts';

/** The envelope of an event, with the event's own fields added. */
export function eventView(stored: StoredEvent): EventView {
  return { ...envelopeOf(stored), ...publicEvent(stored.event) };
}

/** The position, time, session and agent of an event. */
export function envelopeOf({ seq, position, at, sessionId, event }: StoredEvent) {
  const agentId = 'agentId' in event ? (event.agentId ?? null) : null;
  return { seq, position, at: instant(at), sessionId, agentId, type: event.type };
}
