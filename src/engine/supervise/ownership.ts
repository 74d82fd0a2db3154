import type { Effect } from '../../session/effects.ts';
import type { SessionEventOf } from '../../session/events.ts';
import { placeOf } from '../../session/placement.ts';
import type { SessionState } from '../../session/state.ts';
import { SESSION_RUNTIME } from '../compose/runtime.ts';
import type { EngineContext } from '../context.ts';

/** Why a session cannot be worked on with the backend and the key in use now. */
export type OwnershipConflict = Exclude<SessionEventOf<'SessionHeld'>['reason'], 'asked-on-launch'>;

/** Work on this machine that is under way needs nobody's account: it can be read and ended whichever key is in use. */
const NEEDS_NO_ACCOUNT: ReadonlySet<Effect['kind']> = new Set([
  'follow',
  'answer-request',
  'cancel-run',
  'check-end',
  'report-usage',
  'record-base',
  'collect-artifacts',
]);

export const needsAccount = (effect: Effect): boolean =>
  !(
    NEEDS_NO_ACCOUNT.has(effect.kind) &&
    'runtime' in effect &&
    placeOf(effect.runtime) === 'this-machine'
  );

/**
 * Tells whether a session belongs to another cloud or to another account. Asking the wrong one about its agents
 * would be answered "unknown", and living work would be taken for lost.
 */
export function ownershipConflict(
  context: EngineContext,
  state: SessionState,
  identity: string | null,
): OwnershipConflict | null {
  const { backend } = context.runtime(SESSION_RUNTIME);
  const isElsewhere =
    backend.kind !== state.backend.kind ||
    (backend.kind === 'cursor' && backend.url !== state.backend.url);
  if (isElsewhere) return 'backend-changed';
  const isOther = state.accountId !== null && identity !== null && state.accountId !== identity;
  return isOther ? 'account-changed' : null;
}
