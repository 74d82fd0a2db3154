import type { BudgetView } from '../../contract/session-views.ts';
import { budgetStatus } from '../../session/budget/budget-status.ts';
import { spendingOf } from '../../session/budget/spending.ts';
import type { SessionState } from '../../session/state.ts';

export function budgetView(state: SessionState): BudgetView | null {
  const { budget } = state;
  if (budget === undefined || (budget.usd === null && budget.tokens === null)) return null;
  const { usd, tokens } = spendingOf(state);
  return {
    ...budget,
    spentUsd: usd,
    spentTokens: tokens,
    isExceeded: budgetStatus(state) === 'exceeded',
  };
}
