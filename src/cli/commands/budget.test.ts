import { Command } from 'commander';
import { expect, test } from 'vitest';
import { sampleSession } from '../../../testing/sample-session.ts';
import { formatBudget, formatCost } from '../render/format-cost.ts';
import { limitsOf, parseTokens, parseUsd, withLimits } from './budget.ts';

test('amounts are parsed in the usual forms, and invalid ones rejected', () => {
  expect(parseUsd('$2.50')).toBe(2.5);
  expect(parseTokens('200k')).toBe(200_000);
  expect(parseTokens('1.5M')).toBe(1_500_000);
  for (const text of ['0', '-1', 'many', '', '1e999']) expect(() => parseUsd(text)).toThrow();
  for (const text of ['0', '5x', '', '-3k']) expect(() => parseTokens(text)).toThrow();
});

test('a limit is set, removed with none, and not changed if it is not named', () => {
  const read = (...words: string[]) =>
    limitsOf(withLimits(new Command()).parse(words, { from: 'user' }).opts());
  expect(read('--usd', 'none', '--tokens', '2k')).toEqual({ usd: null, tokens: 2_000 });
  expect(read('--tokens', 'none')).toEqual({ tokens: null });
  expect(read()).toEqual({});
});

test('an unknown cost is not shown as zero', () => {
  const { usage } = sampleSession();
  const words = (costUsd: number | null) => formatCost({ costUsd, usage });
  expect([null, 0, 0.0012].map(words)).toEqual(['unknown', '$0.00', '$0.0012']);
  const pending = { ...usage, state: 'pending' as const };
  expect(formatCost({ costUsd: null, usage: pending })).toBe('not known yet');
  const budget = { usd: 5, tokens: 1_000, spentUsd: null, spentTokens: 200, isExceeded: false };
  expect(formatBudget(budget)).toBe('$0.00 of $5.00 used, 200 of 1,000 tokens used');
});
