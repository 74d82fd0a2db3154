import type { Journal } from '../journal/types.ts';
import type { Failure } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';

/** The state of a session that must exist. @throws if it does not, which is a bug. */
export function requireSession(journal: Pick<Journal, 'state'>, id: SessionId): SessionState {
  const state = journal.state(id);
  if (state === undefined) throw new Error(`The journal has no session ${id}`);
  return state;
}

/** The failure of a request for a session that does not exist. */
export function unknownSession(id: SessionId): Failure {
  return {
    code: 'session_unknown',
    message: `There is no session ${id}.`,
    suggestion: 'List them with `cerevisor sessions --all`.',
  };
}
