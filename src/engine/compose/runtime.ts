import type { RuntimeId } from '../../session/events.ts';
import type { SessionState } from '../../session/state.ts';

/** The runtime whose backend and account are those of a whole session (`SessionStarted`). */
export const SESSION_RUNTIME: RuntimeId = 'cursor-cloud';

/** How new attempts of a session are run. */
export function runtimeOf({ mode }: Pick<SessionState, 'mode'>): RuntimeId {
  return mode === 'cloud' ? 'cursor-cloud' : 'cursor-local';
}
