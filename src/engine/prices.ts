import type { UsageReport } from '../runtimes/turn-records.ts';

/**
 * Prices per million tokens in US dollars, as published on `PRICES_OF`, for turns whose provider reports only tokens. The
 * cost of other models is unknown, which is never shown as zero.
 */
export const PRICES_OF = '2025-11-30';

type Price = {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
};

/** Reading from the cache costs a tenth of fresh input, writing to it a quarter more. */
const anthropic = (input: number, output: number): Price => ({
  input,
  output,
  cacheRead: input / 10,
  cacheWrite: input * 1.25,
});
/** Writing to the cache costs the same as fresh input. */
const openai = (input: number, cacheRead: number, output: number): Price => ({
  input,
  output,
  cacheRead,
  cacheWrite: input,
});

const PRICES: Readonly<Record<string, Price>> = {
  'claude-opus-4-5': anthropic(5, 25),
  'claude-opus-4-1': anthropic(15, 75),
  'claude-sonnet-4-5': anthropic(3, 15),
  'claude-sonnet-4': anthropic(3, 15),
  'claude-haiku-4-5': anthropic(1, 5),
  'gpt-5.1': openai(1.25, 0.125, 10),
  'gpt-5.1-codex': openai(1.25, 0.125, 10),
  'gpt-5': openai(1.25, 0.125, 10),
  'gpt-5-codex': openai(1.25, 0.125, 10),
  'gpt-5-mini': openai(0.25, 0.025, 2),
  'gpt-5-nano': openai(0.05, 0.005, 0.4),
  'gpt-4.1': openai(2, 0.5, 8),
  'gpt-4.1-mini': openai(0.4, 0.1, 1.6),
  'gpt-4.1-nano': openai(0.1, 0.025, 0.4),
  'gpt-4o': openai(2.5, 1.25, 10),
  'gpt-4o-mini': openai(0.15, 0.075, 0.6),
  o3: openai(2, 0.5, 8),
  'o4-mini': openai(1.1, 0.275, 4.4),
};

/** `claude-sonnet-4-5-20250929` and `gpt-5-2025-08-07` are dated names of a model. */
const undated = (model: string): string => model.replace(/-(\d{8}|\d{4}-\d{2}-\d{2})$/, '');

/** The cost in US dollars; null if the price of the model is unknown. */
export function priceOf(model: string, usage: UsageReport): number | null {
  const name = undated(model);
  const price = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  if (price === undefined) return null;
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  const millionths =
    inputTokens * price.input +
    cacheReadTokens * price.cacheRead +
    cacheWriteTokens * price.cacheWrite +
    outputTokens * price.output;
  return Math.round(millionths) / 1e6;
}
