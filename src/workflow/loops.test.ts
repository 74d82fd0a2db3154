import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { branchesOf } from './branches.ts';
import { cyclesOf } from './cycles.ts';
import { ancestorsOf, finalAgents, graphOf, wavesOf } from './graph.ts';
import { agentId } from './ids.ts';
import { type Loop, loopBody, loopConnections, loopsOf } from './loops.ts';
import type { Workflow } from './schema.ts';

const loop = (ends: string) => {
  const [source = '', target = ''] = ends.split('->');
  return { source, target, flowType: 'loop' as const, loopCondition: 'Done.' };
};

const named = ({ connection, body }: Loop) => `${connection.id}: ${body.join(' ')}`;
const shown = (workflow: Workflow) => {
  const { loops, crossings } = loopsOf(workflow);
  return {
    loops: loops.map(named),
    crossings: crossings.map((pair) => pair.map(({ connection }) => connection.id)),
  };
};

/** Agents in a row of the document, connections that continue in it, and loops that lead anywhere. */
const workflows = fc.integer({ min: 1, max: 10 }).chain((size) => {
  const ends = fc.tuple(fc.nat(size - 1), fc.nat(size - 1));
  return fc
    .record({ forward: fc.array(ends, { maxLength: 20 }), back: fc.array(ends, { maxLength: 6 }) })
    .map(({ forward, back }) =>
      sampleWorkflow({
        agents: Array.from({ length: size }, (_, index) => `a${index}`),
        connections: [
          ...forward.filter(([from, to]) => from < to).map(([from, to]) => `a${from}->a${to}`),
          ...back.map(([from, to]) => loop(`a${from}->a${to}`)),
        ],
      }),
    );
});

describe('a loop', () => {
  const review = sampleWorkflow({
    agents: ['plan', 'write', 'test', 'review', 'publish', 'aside'],
    connections: [
      ...['plan->write', 'write->test', 'write->review', 'test->review', 'review->publish'],
      ...['plan->aside', 'aside->publish', loop('review->write')],
    ],
  });

  it('makes no agent wait, and does not change waves', () => {
    expect(wavesOf(review)).toEqual([
      ['plan'],
      ['write', 'aside'],
      ['test'],
      ['review'],
      ['publish'],
    ]);
    expect(cyclesOf(graphOf(review))).toEqual([]);
    expect(finalAgents(graphOf(review))).toEqual(['publish']);
    expect(ancestorsOf(graphOf(review)).get(agentId('write'))).toEqual(new Set(['plan']));
  });

  it('repeats exactly the agents on paths between its ends', () => {
    expect(shown(review).loops).toEqual(['review->write: write test review']);
  });

  it('that does not lead back repeats nothing', () => {
    const workflow = sampleWorkflow({
      agents: ['a', 'b', 'c'],
      connections: ['a->b', loop('a->b'), loop('a->c'), loop('b->x')],
    });
    for (const connection of loopConnections(workflow))
      expect(loopBody(graphOf(workflow), connection)).toEqual([]);
    expect(shown(workflow)).toEqual({ loops: [], crossings: [] });
  });

  it('may be inside another one, which is its parent', () => {
    const workflow = sampleWorkflow({
      agents: [...'abcdef'],
      connections: [
        ...['a->b', 'b->c', 'c->d', 'd->e', 'e->f'],
        ...[loop('c->b'), loop('f->e'), loop('d->a')],
      ],
    });
    const { loops, crossings } = loopsOf(workflow);
    expect(crossings).toEqual([]);
    expect(loops.map((each) => [named(each), each.parent && named(each.parent)])).toEqual([
      ['d->a: a b c d', null],
      ['c->b: b c', 'd->a: a b c d'],
      ['f->e: e f', null],
    ]);
  });

  it('must not cross another one', () => {
    const workflow = sampleWorkflow({
      agents: [...'abcd'],
      connections: ['a->b', 'b->c', 'c->d', loop('c->a'), loop('d->b')],
    });
    expect(shown(workflow).crossings).toEqual([['c->a', 'd->b']]);
  });
});

describe('of any workflow', () => {
  it('the waves without loops are a valid order', () => {
    fc.assert(
      fc.property(workflows, (workflow) => {
        expect(cyclesOf(graphOf(workflow))).toEqual([]);
        const waveOf = new Map(
          wavesOf(workflow).flatMap((wave, index) => wave.map((id) => [id, index])),
        );
        for (const { source, target, flowType } of workflow.connections)
          if (flowType !== 'loop')
            expect(waveOf.get(source)).toBeLessThan(waveOf.get(target) ?? -1);
      }),
    );
  });

  it('a body contains exactly both ends and the agents between them', () => {
    fc.assert(
      fc.property(workflows, (workflow) => {
        const ancestors = ancestorsOf(graphOf(workflow));
        const isBefore = (one: string, other: string) =>
          one === other || ancestors.get(agentId(other))?.has(agentId(one)) === true;
        for (const connection of loopConnections(workflow)) {
          const { source, target } = connection;
          const between = workflow.agents
            .map(({ id }) => id)
            .filter((id) => isBefore(target, id) && isBefore(id, source));
          expect(loopBody(graphOf(workflow), connection)).toEqual(between);
          if (between.length > 0) expect(between).toEqual(expect.arrayContaining([source, target]));
        }
      }),
    );
  });

  it('loops cross if and only if their bodies overlap and neither contains the other', () => {
    fc.assert(
      fc.property(workflows, (workflow) => {
        const { loops, crossings } = loopsOf(workflow);
        const isInside = (one: Loop, other: Loop) =>
          one.body.every((id) => other.body.includes(id));
        const doCross = (one: Loop, other: Loop) =>
          one.body.some((id) => other.body.includes(id)) &&
          !isInside(one, other) &&
          !isInside(other, one);
        const isAnyCrossing = loops.some((one) => loops.some((other) => doCross(one, other)));
        expect(crossings.length > 0).toBe(isAnyCrossing);
        for (const [one, other] of crossings) expect(doCross(one, other)).toBe(true);
        if (!isAnyCrossing)
          for (const { body, parent } of loops) {
            const around = loops.filter(
              (other) =>
                other.body.length > body.length && body.every((id) => other.body.includes(id)),
            );
            const sizes = around.map((other) => other.body.length);
            if (around.length > 0)
              expect(parent?.body.length).toBeLessThanOrEqual(Math.min(...sizes));
          }
      }),
    );
  });
});

it('is found in a chain of 10,000 agents', () => {
  const agents = Array.from({ length: 10_000 }, (_, index) => ({ id: agentId(`a${index}`) }));
  const chain = agents
    .slice(1)
    .map(({ id }, index) => ({ source: agentId(`a${index}`), target: id }));
  const graph = graphOf({ agents, connections: chain });
  const ends = { source: agentId('a9999'), target: agentId('a0') };
  expect(loopBody(graph, ends)).toHaveLength(10_000);
  expect(wavesOf({ agents, connections: [...chain, { ...ends, flowType: 'loop' }] })).toHaveLength(
    10_000,
  );
});

it('branches are grouped by source agent', () => {
  const workflow = sampleWorkflow({
    agents: [...'abcd'],
    connections: [
      { source: 'a', target: 'b', flowType: 'conditional', condition: 'It is a bug.' },
      { source: 'a', target: 'c', flowType: 'conditional', isElse: true },
      'a->d',
    ],
  });
  const branches = branchesOf(workflow);
  expect([...branches.keys()]).toEqual(['a']);
  expect(branches.get(agentId('a'))?.conditions.map(({ target }) => target)).toEqual(['b']);
  expect(branches.get(agentId('a'))?.otherwise.map(({ target }) => target)).toEqual(['c']);
});
