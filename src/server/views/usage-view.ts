import type { UsageView } from '../../contract/agent-views.ts';
import { isGivenUp } from '../../session/select.ts';
import type { Attempt, UsageState } from '../../session/state.ts';

const pending: UsageState = { state: 'pending', usage: null, chargedCents: null };

/** The usage of each turn of an attempt; pending for turns that are running or whose usage was not reported yet. */
export function usageParts({ turns }: Attempt): UsageState[] {
  if (turns.every(({ usage }) => usage === null)) return [];
  return turns.flatMap((turn) => turn.usage ?? (isGivenUp(turn) ? [] : pending));
}

/** The sum over turns: `pending` if the usage of any turn is pending, `unavailable` if no usage is known. */
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
