import { isGivenUp } from '../select.ts';
import type { SessionState, Turn } from '../state.ts';

/** What all rounds and the planner have used so far. */
export type Spending = {
  readonly tokens: number;
  /** Null while no provider has said what anything costs. */
  readonly usd: number | null;
  /** Turns that have ended and of which it is not known what they used. */
  readonly unknownTurns: number;
};

export function spendingOf({ agents }: Pick<SessionState, 'agents'>): Spending {
  let tokens = 0;
  let cents: number | null = null;
  let unknownTurns = 0;
  for (const { attempts } of agents)
    for (const { turns } of attempts)
      for (const { ended, usage } of turns) {
        if (ended !== null && usage?.usage == null) unknownTurns += 1;
        tokens += usage?.usage?.totalTokens ?? 0;
        if (usage?.chargedCents != null) cents = (cents ?? 0) + usage.chargedCents;
      }
  return { tokens, usd: cents === null ? null : cents / 100, unknownTurns };
}

/** In one sentence why no further round may begin; null while the budget allows it. */
export function exceededBudget(state: SessionState): string | null {
  const { budgetTokens, budgetUsd } = state.workflow.settings.loopAndEnhance;
  const { tokens, usd } = spendingOf(state);
  if (budgetTokens !== undefined && tokens >= budgetTokens)
    return `${tokens.toLocaleString('en')} of ${budgetTokens.toLocaleString('en')} tokens are used.`;
  if (usd !== null && usd >= budgetUsd)
    return `$${usd.toFixed(2)} of $${budgetUsd.toFixed(2)} are used.`;
  return null;
}

/** The budget can bind, and what a turn used is still being asked for. */
export function isUsageAwaited(state: SessionState): boolean {
  const canBind =
    state.workflow.settings.loopAndEnhance.budgetTokens !== undefined ||
    spendingOf(state).usd !== null;
  return canBind && state.agents.some(({ attempts }) => attempts.some(isOpen));
}

const isOpen = ({ turns }: { readonly turns: readonly Turn[] }): boolean =>
  turns.some((turn) => turn.ended !== null && turn.usage === null && !isGivenUp(turn));
