import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { cyclesOf } from './cycles.ts';
import { ancestorsOf, finalAgents, graphOf, topologicalOrder, wavesOf } from './graph.ts';
import { agentId } from './ids.ts';

const ids = (size: number) => Array.from({ length: size }, (_, index) => agentId(`a${index}`));

/** Any graph; with `isOrdered` every edge goes from a lower to a higher number, so there is no cycle. */
const graphs = (isOrdered: boolean) =>
  fc.integer({ min: 1, max: 12 }).chain((size) =>
    fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 }).map((pairs) => ({
      agents: ids(size).map((id) => ({ id })),
      connections: pairs
        .filter(([from, to]) => !isOrdered || from < to)
        .map(([from, to]) => ({ source: agentId(`a${from}`), target: agentId(`a${to}`) })),
    })),
  );

describe('waves', () => {
  it('places an agent after the longest path to it', () => {
    const workflow = sampleWorkflow({
      agents: ['review', 'research', 'survey', 'build'],
      connections: ['research->build', 'survey->build', 'build->review', 'research->review'],
    });
    expect(wavesOf(workflow)).toEqual([['research', 'survey'], ['build'], ['review']]);
    expect(finalAgents(graphOf(workflow))).toEqual(['review']);
  });

  it('partition the agents so that every connection leads to a later wave', () => {
    fc.assert(
      fc.property(graphs(true), (workflow) => {
        const waves = wavesOf(workflow);
        expect(waves.flat().toSorted()).toEqual(workflow.agents.map(({ id }) => id).toSorted());
        expect(waves.every((wave) => wave.length > 0)).toBe(true);
        const waveOf = new Map(waves.flatMap((wave, index) => wave.map((id) => [id, index])));
        for (const { source, target } of workflow.connections)
          expect(waveOf.get(source)).toBeLessThan(waveOf.get(target) ?? -1);
      }),
    );
  });

  it('contain every agent once, even with cycles or dangling connections', () => {
    fc.assert(
      fc.property(graphs(false), (workflow) => {
        expect(topologicalOrder(workflow).toSorted()).toEqual(
          workflow.agents.map(({ id }) => id).toSorted(),
        );
      }),
    );
    const broken = sampleWorkflow({
      agents: ['a', 'b', 'c'],
      connections: ['b->c', 'c->b', 'b->x'],
    });
    expect(wavesOf(broken)).toEqual([['a'], ['b', 'c']]);
  });

  it('are computed quickly for a chain of 500 agents', () => {
    const agents = ids(500).map((id) => ({ id }));
    const connections = agents.flatMap(({ id: target }, index) =>
      agents.slice(0, index).map(({ id: source }) => ({ source, target })),
    );
    expect(wavesOf({ agents, connections })).toHaveLength(500);
    expect(cyclesOf(graphOf({ agents, connections }))).toEqual([]);
  });
});

describe('cycles', () => {
  it('agree with an exhaustive search, and list agents that form a cycle', () => {
    fc.assert(
      fc.property(graphs(false), (workflow) => {
        const graph = graphOf(workflow);
        const reaches = (from: string, to: string) => {
          const seen = new Set<string>();
          const open = [from];
          for (const id of open)
            for (const next of graph.downstream.get(agentId(id)) ?? []) {
              if (next === to) return true;
              if (!seen.has(next)) open.push(next);
              seen.add(next);
            }
          return false;
        };
        const cycles = cyclesOf(graph);
        expect(cycles.length > 0).toBe(graph.agentIds.some((id) => reaches(id, id)));
        for (const cycle of cycles)
          for (const [index, id] of cycle.entries())
            expect(graph.downstream.get(id)).toContain(cycle[(index + 1) % cycle.length]);
      }),
    );
  });

  it('are reported once per component, also deep in a long chain', () => {
    const agents = ids(20_000).map((id) => ({ id }));
    const chain = agents
      .slice(1)
      .map(({ id }, index) => ({ source: agentId(`a${index}`), target: id }));
    const back = { source: agentId('a19999'), target: agentId('a19998') };
    expect(cyclesOf(graphOf({ agents, connections: [...chain, back] }))).toEqual([
      ['a19998', 'a19999'],
    ]);
  });
});

it('lists all direct and indirect upstream agents', () => {
  const workflow = sampleWorkflow({
    agents: ['d', 'c', 'b', 'a'],
    connections: ['a->b', 'b->c', 'c->d'],
  });
  const ancestors = ancestorsOf(graphOf(workflow));
  expect([...(ancestors.get(agentId('d')) ?? [])].toSorted()).toEqual(['a', 'b', 'c']);
  expect(ancestors.get(agentId('a'))?.size).toBe(0);
});
