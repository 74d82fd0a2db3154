import type { EventView } from '../../contract/event-views.ts';

/** A change of a session that the user may want to know about. */
export type Transition = {
  readonly sessionId: string;
  readonly position: number;
  readonly kind: 'needs-you' | 'failed' | 'cancelled' | 'finished';
};

const endings = { failed: 'failed', cancelled: 'cancelled', finished: 'finished' } as const;

function transitionKind(event: EventView): Transition['kind'] | null {
  if (mayNeedYou(event)) return 'needs-you';
  if (event.type !== 'SessionEnded') return null;
  const outcome = event.outcome;
  return outcome === 'failed' || outcome === 'finished' || outcome === 'cancelled'
    ? endings[outcome]
    : null;
}

/** Events after which a session may need the user; whether it does is in its view. */
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

/** The last transition of each session in a batch of events, in order. */
export function lastTransitions(events: readonly EventView[]): Transition[] {
  const last = new Map<string, Transition>();
  for (const event of events) {
    const kind = transitionKind(event);
    // The user who cancelled a session knows about it.
    if (kind === null || kind === 'cancelled') continue;
    last.delete(event.sessionId);
    last.set(event.sessionId, { sessionId: event.sessionId, position: event.position, kind });
  }
  return [...last.values()];
}
