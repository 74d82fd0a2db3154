import { expect, test } from 'vitest';
import { sampleEnhance } from '../../testing/sample-session.ts';
import { enhanceStateText, spendingText } from './enhance-text.ts';

test('describes the end of the rounds with its reason', () => {
  const view = sampleEnhance({ state: 'ended', cause: 'no-useful-edit', reason: 'No agent "x"' });
  expect(enhanceStateText(view)).toBe(
    'Ended because the planner proposed no useful edit. No agent "x".',
  );
});

test('mentions that a budget does not apply, but not after the rounds have ended', () => {
  expect(spendingText(sampleEnhance({}))).toBe(
    '1,200 tokens used. The budget of $5.00 does not apply, because runs count as $0.00. No other budget is set.',
  );
  expect(spendingText(sampleEnhance({ state: 'ended', cause: 'converged' }))).toBe(
    '1,200 tokens used.',
  );
});
