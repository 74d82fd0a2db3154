import type { z } from 'zod';
import type { UsageState } from '../../session/state.ts';
import type { usageViewSchema } from '../contract/views.ts';

export type UsageView = z.infer<typeof usageViewSchema>;

export function usageView(reported: UsageState): UsageView {
  const { usage } = reported;
  return {
    state: reported.state,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    cacheReadTokens: usage?.cacheReadTokens ?? null,
    cacheWriteTokens: usage?.cacheWriteTokens ?? null,
    totalTokens: usage?.totalTokens ?? null,
    chargedCents: reported.chargedCents,
  };
}

/** Sum over attempts. `pending` while one of them still is; `unavailable` when nothing is known at all. */
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
    chargedCents: sum(({ chargedCents }) => chargedCents),
  };
}
