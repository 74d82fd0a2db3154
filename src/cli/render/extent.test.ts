import { expect, test } from 'vitest';
import type { RunExtent } from '../../contract/run-extent.ts';
import { paint } from '../terminal/lines.ts';
import { extentLines } from './extent.ts';

const once: RunExtent = {
  agents: 4,
  activations: 4,
  pullRequests: 0,
  flow: { loops: 0, conditions: 0, gates: 0, plans: 0, workflowRounds: 1 },
};
const textOf = (change: Partial<RunExtent>): string[] =>
  extentLines({ ...once, ...change }).map((each) => paint(each, { color: false, unicode: true }));

test('a run in which every agent works once has no lines', () => {
  expect(textOf({})).toEqual([]);
});

test('loops and gates are shown with the maximum number of activations', () => {
  const flow = { loops: 2, conditions: 0, gates: 1, plans: 0, workflowRounds: 1 };
  expect(textOf({ activations: 13, pullRequests: 5, flow })).toEqual([
    'Work     4 agents, activated at most 13 times (2 loops, 1 approval gate)',
    'PRs      up to 5 pull requests could be opened',
  ]);
});

test('the budget of the session is shown with what happens when it is used up', () => {
  expect(textOf({ budget: { usd: 5, tokens: 200_000 } })).toEqual([
    'Budget   $5.00 or 200,000 tokens, then nothing new starts until you raise it',
  ]);
  expect(textOf({ budget: { usd: null, tokens: 1 } })[0]).toContain('1 token,');
});
