import type { LanguageModelUsage } from 'ai';

/** Tokens of a turn, each counted once. `inputTokens` excludes cached ones. */
export type Tokens = {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly totalTokens: number;
};

/** Null if the provider reported no usage. The library's `inputTokens` include cached ones. */
export function tokensOf(usage: LanguageModelUsage): Tokens | null {
  const { inputTokens, outputTokens, inputTokenDetails, outputTokenDetails } = usage;
  if (!inputTokens && !outputTokens) return null;
  const cacheReadTokens = inputTokenDetails.cacheReadTokens ?? 0;
  const cacheWriteTokens = inputTokenDetails.cacheWriteTokens ?? 0;
  const input = inputTokens ?? 0;
  const output = outputTokens ?? 0;
  return {
    inputTokens: Math.max(0, input - cacheReadTokens - cacheWriteTokens),
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens: output,
    reasoningTokens: outputTokenDetails.reasoningTokens ?? 0,
    totalTokens: input + output,
  };
}

export const addTokens = (one: Tokens | null, other: Tokens | null): Tokens | null => {
  if (one === null || other === null) return one ?? other;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    reasoningTokens: one.reasoningTokens + other.reasoningTokens,
    totalTokens: one.totalTokens + other.totalTokens,
  };
};
