import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { extentOf, maxPullRequests } from './extent.ts';
import { agentId } from './ids.ts';

const conditional = (source: string, target: string, more: object = { condition: 'So.' }) => ({
  source,
  target,
  flowType: 'conditional' as const,
  ...more,
});
const otherwise = (source: string, target: string) => conditional(source, target, { isElse: true });
const loop = (source: string, target: string, maxIterations?: number) => ({
  source,
  target,
  flowType: 'loop' as const,
  loopCondition: 'Done.',
  ...(maxIterations === undefined ? {} : { maxIterations }),
});

describe('the maximum activations of a session', () => {
  it('are one per agent without loops', () => {
    const workflow = sampleWorkflow({ agents: ['a', 'b'], connections: ['a->b'] });
    expect(extentOf(workflow)).toMatchObject({ activations: 2, loops: 0, gates: 0 });
  });

  it('multiply by the rounds of the whole workflow, with the planner between them', () => {
    const workflow = sampleWorkflow({
      agents: ['a', { id: 'b', loop: { exitCondition: 'Done.', maxIterations: 2 } }],
      connections: ['a->b'],
      settings: {
        loopAndEnhance: { enabled: true, maxRounds: 3 },
        cloud: { repos: [{ url: 'https://github.com/acme/shop' }], autoCreatePR: true },
      },
    });
    expect(extentOf(workflow)).toMatchObject({ activations: 3 + 6 + 2, workflowRounds: 3 });
    expect(maxPullRequests(workflow, 1)).toBe(6);
  });

  it('multiply by the rounds of every loop around an agent, including its own', () => {
    const workflow = sampleWorkflow({
      agents: ['a', { id: 'b', loop: { exitCondition: 'Done.', maxIterations: 2 } }, 'c', 'd'],
      connections: ['a->b', 'b->c', 'c->d', loop('c', 'b', 5), loop('c', 'a', 4)],
    });
    const { activations, activationsByAgent, loops } = extentOf(workflow);
    expect([...activationsByAgent.values()]).toEqual([4, 40, 20, 1]);
    expect(activations).toBe(65);
    expect(loops).toBe(3);
  });

  it('use three rounds for a loop without a limit', () => {
    const workflow = sampleWorkflow({
      agents: ['a', 'b'],
      connections: ['a->b', loop('b', 'a')],
    });
    expect(extentOf(workflow).activations).toBe(6);
  });

  it('count either a condition or its else branch, whichever leads to more', () => {
    const workflow = sampleWorkflow({
      agents: ['a', 'short', 'long', 'longer'],
      connections: [conditional('a', 'short'), otherwise('a', 'long'), 'long->longer'],
    });
    expect(extentOf(workflow)).toMatchObject({ activations: 3, conditions: 2 });
  });

  it('count several conditions of one agent together, because they are independent', () => {
    const workflow = sampleWorkflow({
      agents: ['a', 'b', 'c', 'd'],
      connections: [conditional('a', 'b'), conditional('a', 'c'), otherwise('a', 'd')],
    });
    expect(extentOf(workflow).activations).toBe(3);
  });

  it('count both sides of a branch inside a loop, because each round may take a different one', () => {
    const workflow = sampleWorkflow({
      agents: ['a', 'b', 'c', 'd'],
      connections: [conditional('a', 'b'), otherwise('a', 'c'), 'b->d', 'c->d', loop('d', 'a', 2)],
    });
    expect(extentOf(workflow).activations).toBe(8);
  });

  it('include the numbers of gates and plans', () => {
    const workflow = sampleWorkflow({
      agents: [{ id: 'a', planFirst: true }, 'b'],
      connections: [{ source: 'a', target: 'b', flowType: 'approval-gate' }],
    });
    expect(extentOf(workflow)).toMatchObject({ activations: 2, gates: 1, plans: 1 });
  });

  it('are computed quickly, and stay an upper bound, for any number of branches', () => {
    const sources = Array.from({ length: 30 }, (_, index) => agentId(`s${index}`));
    const workflow = sampleWorkflow({
      agents: sources.flatMap((id) => [id, `${id}-yes`, `${id}-no`]),
      connections: sources.flatMap((id) => [
        conditional(id, `${id}-yes`),
        otherwise(id, `${id}-no`),
      ]),
    });
    const { activations } = extentOf(workflow);
    expect(activations).toBeGreaterThanOrEqual(60);
    expect(activations).toBeLessThanOrEqual(90);
  });
});

describe('the maximum pull requests of a session', () => {
  const shop = (
    pullRequests: 'final-agents' | 'each-agent',
    loops: ReturnType<typeof loop>[] = [],
  ) =>
    sampleWorkflow({
      agents: ['plan', 'build', 'test'],
      connections: ['plan->build', 'plan->test', ...loops],
      settings: { runMode: 'cloud', cloud: { repos: [], pullRequests } },
    });

  it('are one per final agent and repository', () => {
    expect(maxPullRequests(shop('final-agents'), 2)).toBe(4);
  });

  it('are one per agent and repository if each agent opens its own', () => {
    expect(maxPullRequests(shop('each-agent'), 2)).toBe(6);
  });

  it('multiply by the rounds of loops', () => {
    const again = loop('test', 'plan', 4);
    expect(maxPullRequests(shop('final-agents', [again]), 1)).toBe(5);
    expect(maxPullRequests(shop('each-agent', [again]), 1)).toBe(9);
  });

  it('exclude agents on this machine and exclusive branches', () => {
    const workflow = sampleWorkflow({
      agents: ['a', { id: 'b', runMode: 'local' }, 'c', 'd'],
      connections: ['a->b', conditional('a', 'c'), otherwise('a', 'd')],
    });
    expect(maxPullRequests(workflow, 1)).toBe(1);
  });
});
