import { expect, test } from 'vitest';
import { priceOf } from './prices.ts';

const usage = {
  inputTokens: 1_000_000,
  cacheReadTokens: 2_000_000,
  cacheWriteTokens: 100_000,
  outputTokens: 10_000,
  totalTokens: 3_110_000,
};

test('fresh input, cache reads and cache writes have separate prices', () => {
  expect(priceOf('claude-sonnet-4-5', usage)).toBeCloseTo(3 + 0.6 + 0.375 + 0.15, 6);
  expect(priceOf('gpt-5', usage)).toBeCloseTo(1.25 + 0.25 + 0.125 + 0.1, 6);
});

test('a dated name is the same model, and the cost of an unknown model is unknown', () => {
  expect(priceOf('claude-sonnet-4-5-20250929', usage)).toBe(priceOf('claude-sonnet-4-5', usage));
  expect(priceOf('gpt-5-2025-08-07', usage)).toBe(priceOf('gpt-5', usage));
  for (const model of ['llama3', 'toString', 'gpt-5-ultra', 'openai/gpt-5'])
    expect(priceOf(model, usage)).toBeNull();
});
