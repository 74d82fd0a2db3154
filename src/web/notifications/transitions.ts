import type { EventView } from '../../contract/event-views.ts';

/** A change of a session that a person wants to hear of. */
export type Transition = {
  readonly sessionId: string;
  readonly position: number;
  readonly kind: 'needs-you' | 'failed' | 'cancelled' | 'finished';
};

const endings = { failed: 'failed', cancelled: 'cancelled', finished: 'finished' } as const;

function kindOf(event: EventView): Transition['kind'] | null {
  if (mayNeedYou(event)) return 'needs-you';
  if (event.type !== 'SessionEnded') return null;
  const outcome = event.outcome;
  return outcome === 'failed' || outcome === 'finished' || outcome === 'cancelled'
    ? endings[outcome]
    : null;
}

/** Only the session itself knows whether it does; these are the events that can make it so. */
function mayNeedYou(event: EventView): boolean {
  switch (event.type) {
    case 'SessionHeld':
    case 'CancelUnconfirmed':
    case 'GateOpened':
    case 'ToolRequested':
      return true;
    case 'LaunchDeferred':
      return event.reason === 'credentials' || event.reason === 'usage_limit';
    case 'ConnectionChanged':
      return event.failure !== undefined;
    default:
      return false;
  }
}

/** What to tell about a batch of events: the last transition of each session, in the order they happened. */
export function transitionsIn(events: readonly EventView[]): Transition[] {
  const last = new Map<string, Transition>();
  for (const event of events) {
    const kind = kindOf(event);
    // Whoever cancelled a session knows that it is cancelled.
    if (kind === null || kind === 'cancelled') continue;
    last.delete(event.sessionId);
    last.set(event.sessionId, { sessionId: event.sessionId, position: event.position, kind });
  }
  return [...last.values()];
}
