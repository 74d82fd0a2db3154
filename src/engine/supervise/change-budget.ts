import type { Failure } from '../../session/events.ts';
import { isEnded } from '../../session/select.ts';
import type { SessionState } from '../../session/state.ts';
import type { EngineContext } from '../context.ts';

/** Changes the budget of a session. Absent fields stay unchanged. */
export function changeBudget(
  context: EngineContext,
  state: SessionState,
  change: { readonly usd?: number | null; readonly tokens?: number | null },
  by: string,
): Failure | null {
  if (isEnded(state))
    return {
      code: 'session_settled',
      message: 'The session has ended, so its budget no longer has an effect.',
    };
  const { usd = state.budget?.usd ?? null, tokens = state.budget?.tokens ?? null } = change;
  context.journal.append(state.id, [{ type: 'BudgetChanged', budget: { usd, tokens }, by }]);
  return null;
}
