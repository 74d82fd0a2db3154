import type { Failure } from '../events.ts';
import type { SessionState } from '../state.ts';
import { isSessionStoppedByBudget } from './budget-status.ts';
import { spendingOf } from './spending.ts';

/** Why a session is stopped by its budget, as the user reads it; null if it is not stopped. */
export function budgetReason(state: SessionState): Failure | null {
  const { budget } = state;
  if (budget === undefined || !isSessionStoppedByBudget(state)) return null;
  const { usd, tokens } = spendingOf(state);
  const isMoney = budget.usd !== null && usd !== null && usd >= budget.usd;
  const used = isMoney
    ? `$${usd.toFixed(2)} of $${(budget.usd ?? 0).toFixed(2)}`
    : `${tokens.toLocaleString('en')} of ${(budget.tokens ?? 0).toLocaleString('en')} tokens`;
  return {
    code: 'budget_exceeded',
    message: `The budget of the session is used up: ${used}.`,
    suggestion: `Raise it with \`cerevisor budget ${state.id.slice(2, 10)}\`, or cancel the session.`,
  };
}
