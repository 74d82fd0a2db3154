import { isGivenUp } from '../select.ts';
import type { SessionState, Turn, UsageState } from '../state.ts';

/** What a session has used so far, across all agents, attempts and rounds. */
export type Spending = {
  readonly tokens: number;
  /** Null if no cost is known. */
  readonly usd: number | null;
  /** Ended turns whose usage is unknown. */
  readonly unknownTurns: number;
};

export function spendingOf({ agents }: Pick<SessionState, 'agents'>): Spending {
  let tokens = 0;
  let usd: number | null = null;
  let unknownTurns = 0;
  for (const { ended, usage } of turnsOf(agents)) {
    if (ended !== null && usage?.usage == null) unknownTurns += 1;
    tokens += usage?.usage?.totalTokens ?? 0;
    const cost = usage === null ? null : costOf(usage);
    if (cost !== null) usd = (usd ?? 0) + cost;
  }
  // Removes floating-point errors of the sum.
  return { tokens, usd: usd === null ? null : Math.round(usd * 1e6) / 1e6, unknownTurns };
}

/** The charged amount, otherwise the cost of the turn, in US dollars. Null if both are unknown. */
const costOf = ({ usage, chargedCents }: UsageState): number | null =>
  chargedCents === null ? (usage?.costUsd ?? null) : chargedCents / 100;

/** The usage of an ended turn has not been reported yet. */
export const isUsageOpen = ({ agents }: Pick<SessionState, 'agents'>): boolean =>
  turnsOf(agents).some((turn) => turn.ended !== null && turn.usage === null && !isGivenUp(turn));

const turnsOf = (agents: SessionState['agents']): readonly Turn[] =>
  agents.flatMap(({ attempts }) => attempts.flatMap(({ turns }) => turns));
