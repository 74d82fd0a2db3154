import { expect, test } from 'vitest';
import { summarizeExtent } from './run-extent.ts';

const none = { loops: 0, conditions: 0, gates: 0, plans: 0, workflowRounds: 1 };

test('is null for a run in which every agent works once', () => {
  expect(summarizeExtent({ agents: 3, activations: 3, pullRequests: 0, flow: none })).toBeNull();
});

test('contains the maximum number of activations, and what it depends on', () => {
  const flow = { loops: 1, conditions: 2, gates: 2, plans: 1, workflowRounds: 3 };
  expect(summarizeExtent({ agents: 4, activations: 13, pullRequests: 0, flow })).toEqual({
    most: 13,
    because:
      'up to 3 rounds of Loop & Enhance, 1 loop, 2 conditional connections, 2 approval gates, 1 plan to approve',
  });
});
