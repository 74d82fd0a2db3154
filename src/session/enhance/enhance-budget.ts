import { isUsageOpen, spendingOf } from '../budget/spending.ts';
import type { SessionState } from '../state.ts';

/** What counts against a budget in money: a rehearsal names prices, and costs nothing. */
export const chargedUsd = (state: SessionState): number | null =>
  state.backend.kind === 'rehearsal' ? null : spendingOf(state).usd;

/** In one sentence why no further round may begin; null while the budget allows it. */
export function budgetExceededReason(state: SessionState): string | null {
  const { budgetTokens, budgetUsd } = state.workflow.settings.loopAndEnhance;
  const { tokens } = spendingOf(state);
  const usd = chargedUsd(state);
  if (budgetTokens !== undefined && tokens >= budgetTokens)
    return `${tokens.toLocaleString('en')} of ${budgetTokens.toLocaleString('en')} tokens have been used.`;
  if (usd !== null && usd >= budgetUsd)
    return `$${usd.toFixed(2)} of $${budgetUsd.toFixed(2)} has been used.`;
  return null;
}

/** The budget can bind, and what a turn used is still being asked for. */
export function isUsageAwaited(state: SessionState): boolean {
  const canBind =
    state.workflow.settings.loopAndEnhance.budgetTokens !== undefined || chargedUsd(state) !== null;
  return canBind && isUsageOpen(state);
}
