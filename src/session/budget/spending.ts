import { isGivenUp } from '../select.ts';
import type { SessionState, Turn, UsageState } from '../state.ts';

/** What a session has used so far, all agents, attempts and rounds together. */
export type Spending = {
  readonly tokens: number;
  /** Null while nobody has said what anything costs. */
  readonly usd: number | null;
  /** Turns that have ended and of which it is not known what they used. */
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
  // Sums of cents in floating point carry dust.
  return { tokens, usd: usd === null ? null : Math.round(usd * 1e6) / 1e6, unknownTurns };
}

/** In US dollars: what was charged, otherwise what the turn cost. Null when that is unknown. */
const costOf = ({ usage, chargedCents }: UsageState): number | null =>
  chargedCents === null ? (usage?.costUsd ?? null) : chargedCents / 100;

/** What some turn has used is still being asked for. */
export const isUsageOpen = ({ agents }: Pick<SessionState, 'agents'>): boolean =>
  turnsOf(agents).some((turn) => turn.ended !== null && turn.usage === null && !isGivenUp(turn));

const turnsOf = (agents: SessionState['agents']): readonly Turn[] =>
  agents.flatMap(({ attempts }) => attempts.flatMap(({ turns }) => turns));
