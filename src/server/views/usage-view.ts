import type { UsageView } from '../../contract/agent-views.ts';
import { isGivenUp } from '../../session/select.ts';
import type { Attempt, UsageState } from '../../session/state.ts';

const notYet: UsageState = { state: 'pending', usage: null, chargedCents: null };

/** What each turn of an attempt has used. A turn that continues, or was not accounted for yet, is pending. */
export function usageParts({ turns }: Attempt): UsageState[] {
  if (turns.every(({ usage }) => usage === null)) return [];
  return turns.flatMap((turn) => turn.usage ?? (isGivenUp(turn) ? [] : notYet));
}

/** Sum over turns. `pending` while one of them still is; `unavailable` when nothing is known at all. */
export function totalUsage(parts: readonly UsageState[]): UsageView {
  const known = parts.filter(({ state }) => state === 'known');
  const sum = (pick: (part: UsageState) => number | null | undefined): number | null => {
    const numbers = known.map(pick).filter((value) => value != null);
    return numbers.length === 0 ? null : numbers.reduce((total, value) => total + value, 0);
  };
  const isPending = parts.length === 0 || parts.some(({ state }) => state === 'pending');
  return {
    state: isPending ? 'pending' : known.length > 0 ? 'known' : 'unavailable',
    inputTokens: sum(({ usage }) => usage?.inputTokens),
    outputTokens: sum(({ usage }) => usage?.outputTokens),
    cacheReadTokens: sum(({ usage }) => usage?.cacheReadTokens),
    cacheWriteTokens: sum(({ usage }) => usage?.cacheWriteTokens),
    totalTokens: sum(({ usage }) => usage?.totalTokens),
    reasoningTokens: sum(({ usage }) => usage?.reasoningTokens),
    chargedCents: sum(({ chargedCents }) => chargedCents),
    costUsd: sum(({ usage }) => usage?.costUsd),
    costSources: [...new Set(known.flatMap(({ usage }) => usage?.costSource ?? []))].toSorted(),
    pricesOf: known.map(({ usage }) => usage?.pricesOf).findLast((date) => date != null) ?? null,
  };
}
