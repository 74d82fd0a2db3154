import { expect, it } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { allowanceOf, highest, reasonsForGrowth } from './growth.ts';

const session = { mode: 'cloud', autoCreatePr: true, repositories: 1 } as const;
const ofAgents = (count: number, more: object = {}) =>
  allowanceOf(
    sampleWorkflow({
      agents: Array.from({ length: count }, (_, index) => `a${index}`),
      settings: { loopAndEnhance: { enabled: true, maxRounds: 2 } },
    }),
    { ...session, ...more },
  );

it('names how many agents could start, and how many pull requests could be opened', () => {
  expect(reasonsForGrowth(ofAgents(3), ofAgents(1_000))).toEqual([
    'The session could start agents up to 2,001 times instead of 7, and open up to 2,000 pull requests instead of 6.',
  ]);
  expect(reasonsForGrowth(ofAgents(3, { autoCreatePr: false }), ofAgents(3))).toEqual([
    'The session could open up to 6 pull requests instead of none.',
  ]);
  expect(reasonsForGrowth(ofAgents(3), ofAgents(4, { autoCreatePr: false }))).toEqual([
    'The session could start agents up to 9 times instead of 7.',
  ]);
});

it('asks nothing where as much or less can happen, also after a smaller workflow in between', () => {
  expect(reasonsForGrowth(ofAgents(3), ofAgents(3))).toEqual([]);
  expect(reasonsForGrowth(ofAgents(3), ofAgents(1))).toEqual([]);
  expect(reasonsForGrowth(highest([ofAgents(3), ofAgents(1)]), ofAgents(3))).toEqual([]);
});

it('counts what loops repeat', () => {
  const looped = (maxIterations: number) =>
    allowanceOf(
      sampleWorkflow({ agents: [{ id: 'a', loop: { exitCondition: 'Done.', maxIterations } }] }),
      session,
    );
  expect(reasonsForGrowth(looped(2), looped(50))[0]).toContain('up to 50 times instead of 2');
});
