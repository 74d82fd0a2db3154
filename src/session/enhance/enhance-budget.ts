import { isUsageOpen, spendingOf } from '../budget/spending.ts';
import type { SessionState } from '../state.ts';

/** The cost that counts towards the budget; null on the rehearsal cloud, whose prices are not charged. */
export const chargedUsd = (state: SessionState): number | null =>
  state.backend.kind === 'rehearsal' ? null : spendingOf(state).usd;

/** Why the budget does not allow another round, as a sentence; null if it does. */
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

/** A budget applies, and the usage of an ended turn has not been reported yet. */
export function isUsageAwaited(state: SessionState): boolean {
  const canBind =
    state.workflow.settings.loopAndEnhance.budgetTokens !== undefined || chargedUsd(state) !== null;
  return canBind && isUsageOpen(state);
}
