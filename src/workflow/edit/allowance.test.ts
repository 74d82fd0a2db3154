import { expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { allowanceOf, highestAllowance, reasonsForHigherAllowance } from './allowance.ts';

const session = { mode: 'cloud', autoCreatePr: true, repositories: 1 } as const;
const ofAgents = (count: number, more: object = {}) =>
  allowanceOf(
    sampleWorkflow({
      agents: Array.from({ length: count }, (_, index) => `a${index}`),
      settings: { loopAndEnhance: { enabled: true, maxRounds: 2 } },
    }),
    { ...session, ...more },
  );

it('states the higher numbers of agents and pull requests', () => {
  expect(reasonsForHigherAllowance(ofAgents(3), ofAgents(1_000))).toEqual([
    'The session could start agents up to 2,001 times instead of 7, and open up to 2,000 pull requests instead of 6.',
  ]);
  expect(reasonsForHigherAllowance(ofAgents(3, { autoCreatePr: false }), ofAgents(3))).toEqual([
    'The session could open up to 6 pull requests instead of none.',
  ]);
  expect(reasonsForHigherAllowance(ofAgents(3), ofAgents(4, { autoCreatePr: false }))).toEqual([
    'The session could start agents up to 9 times instead of 7.',
  ]);
});

it('asks nothing if the allowance is not exceeded, even after a smaller workflow', () => {
  expect(reasonsForHigherAllowance(ofAgents(3), ofAgents(3))).toEqual([]);
  expect(reasonsForHigherAllowance(ofAgents(3), ofAgents(1))).toEqual([]);
  expect(
    reasonsForHigherAllowance(highestAllowance([ofAgents(3), ofAgents(1)]), ofAgents(3)),
  ).toEqual([]);
});

it('includes rounds of loops', () => {
  const looped = (maxIterations: number) =>
    allowanceOf(
      sampleWorkflow({ agents: [{ id: 'a', loop: { exitCondition: 'Done.', maxIterations } }] }),
      session,
    );
  expect(reasonsForHigherAllowance(looped(2), looped(50))[0]).toContain(
    'up to 50 times instead of 2',
  );
});
