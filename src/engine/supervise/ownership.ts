import type { Effect } from '../../session/effects.ts';
import type { RuntimeId, SessionEventOf } from '../../session/events.ts';
import {
  locationOf,
  runtimeOf,
  runtimeOfAgent,
  usesCursorAccount,
} from '../../session/run-location.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';

/** Why a session cannot continue with the current backend and key. */
export type OwnershipConflict = Exclude<SessionEventOf<'SessionHeld'>['reason'], 'asked-on-launch'>;

/** Effects that need no account for agents on this machine, because they only follow or end work in progress. */
const NEEDS_NO_ACCOUNT: ReadonlySet<Effect['kind']> = new Set([
  'follow',
  'answer-request',
  'cancel-run',
  'check-end',
  'report-usage',
  'record-base',
  'collect-artifacts',
]);

export function needsAccount(state: SessionState, effect: Effect): boolean {
  const runtime = runtimeOfEffect(state, effect);
  if (runtime === null) return true;
  if (!usesCursorAccount(runtime)) return false;
  return !(NEEDS_NO_ACCOUNT.has(effect.kind) && locationOf(runtime) === 'this-machine');
}

function runtimeOfEffect(state: SessionState, effect: Effect): RuntimeId | null {
  if ('runtime' in effect) return effect.runtime;
  return effect.kind === 'intend-launch' ? runtimeOf(state, effect.agentId) : null;
}

/**
 * Whether a session belongs to another cloud or account; null if it does not. The wrong one would report its agents as
 * missing, and live work would be considered lost.
 */
export function ownershipConflict(
  context: EngineContext,
  state: SessionState,
  identity: string | null,
): OwnershipConflict | null {
  // Sessions without Cursor agents have no conflict: the keys of other providers are looked up for every request.
  if (!state.agents.some((agent) => usesCursorAccount(runtimeOfAgent(state, agent)))) return null;
  const { backend } = context.runtime(SESSION_RUNTIME);
  const isElsewhere =
    backend.kind !== state.backend.kind ||
    (backend.kind === 'cursor' && backend.url !== state.backend.url);
  if (isElsewhere) return 'backend-changed';
  const isOther = state.accountId !== null && identity !== null && state.accountId !== identity;
  return isOther ? 'account-changed' : null;
}
