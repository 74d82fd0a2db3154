import { expect, test } from 'vitest';
import { sampleEnhance } from '../../testing/sample-session.ts';
import { enhanceStateText, feedbackOn, spendingText } from './enhance-text.ts';

test('describes the end of the rounds with its reason', () => {
  const view = sampleEnhance({ state: 'ended', cause: 'no-useful-edit', reason: 'No agent "x"' });
  expect(enhanceStateText(view, { status: 'failed' })).toBe(
    'Ended because the planner proposed no useful edit. No agent "x".',
  );
});

test('mentions that a budget does not apply, but not after the rounds have ended', () => {
  expect(spendingText(sampleEnhance({}), { budget: null })).toBe(
    '1,200 tokens used. The budget of $5.00 does not apply, because runs count as $0.00. No other budget is set.',
  );
  expect(
    spendingText(sampleEnhance({ state: 'ended', cause: 'converged' }), { budget: null }),
  ).toBe('1,200 tokens used.');
});

test('does not say that the planner or the agents are at work while the session waits for the user', () => {
  const status = 'waiting';
  expect(enhanceStateText(sampleEnhance({ state: 'planning' }), { status })).toBe(
    'The planner waits for you.',
  );
  expect(enhanceStateText(sampleEnhance({}), { status })).toBe('The round waits for you.');
});

test("does not deny the session's own budget", () => {
  const budget = { usd: null, tokens: 3000, spentUsd: null, spentTokens: 0, isExceeded: false };
  expect(spendingText(sampleEnhance({}), { budget })).not.toContain('No other budget');
});

test('lists feedback on the current round once, also what was given after its report', () => {
  const report = { at: '2026-05-18T12:05:00Z', failures: [], feedback: ['Be brief.'] };
  const view = sampleEnhance({ round: 2, feedback: ['Too slow.', 'Too big.'] });
  expect(feedbackOn({ number: 1, report }, view)).toEqual(['Be brief.']);
  const late = { ...report, feedback: ['Too slow.'] };
  expect(feedbackOn({ number: 2, report: late }, view)).toEqual(['Too slow.', 'Too big.']);
});
