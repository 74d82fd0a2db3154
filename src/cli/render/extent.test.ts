import { expect, test } from 'vitest';
import { paint } from '../terminal/lines.ts';
import { extentLines } from './extent.ts';

const once = {
  agents: 4,
  activations: 4,
  pullRequests: 0,
  flow: { loops: 0, conditions: 0, gates: 0, plans: 0, workflowRounds: 1 },
};
const textOf = (change: Partial<typeof once>): string[] =>
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
