import { describe, expect, it } from 'vitest';
import {
  alwaysInFlow,
  eventsOf,
  startsOf,
  stateBefore,
} from '../../../testing/session/flow-worlds.ts';
import { type AgentId, agentId, type ConnectionId, connectionId } from '../../workflow/ids.ts';
import { evolveFlow } from './evolve-flow.ts';
import { flowGraphOf, ownLoopId } from './flow-graph.ts';
import { emptyFlow, loopRound } from './flow-state.ts';
import { flowStatusOf } from './flow-status.ts';

describe('a loop', () => {
  it('never exceeds its maximum rounds, and always ends with a cause', () => {
    alwaysInFlow((world) => {
      const ended = eventsOf(world).filter(({ type }) => type === 'LoopEnded');
      for (const loop of world.graph.loops) {
        const around = world.graph.loops.filter(({ body }) => body.has(loop.source));
        const most = around.reduce((product, { maxRounds }) => product * maxRounds, 1);
        expect(startsOf(world, loop.source)).toBeLessThanOrEqual(most);
        expect(ended.some((event) => event.connectionId === loop.id)).toBe(true);
      }
      for (const { status } of world.moves)
        for (const { loop, round } of status.loops)
          expect(round).toBeLessThanOrEqual(loop.maxRounds);
    });
  });

  it('runs all of its rounds if it has no exit condition and nothing fails', () => {
    alwaysInFlow(
      (world) => {
        for (const { loop, round, cause } of flowStatusOf(world.facts).loops)
          if (!loop.hasExitCondition && cause !== 'not-reached') {
            expect(round).toBe(loop.maxRounds);
            expect(cause).toBe('most-rounds');
          }
      },
      { isFaulty: false },
    );
  });

  it('starts a further round only for the agents of its body', () => {
    alwaysInFlow((world) => {
      for (const { agentId, round } of world.facts.activations.values()) {
        const opened = eventsOf(world).filter(
          (event) =>
            event.type === 'RoundOpened' &&
            world.graph.loops.find(({ id }) => id === event.connectionId)?.body.has(agentId),
        );
        expect(round).toBe(1 + opened.length);
        expect(startsOf(world, agentId)).toBeLessThanOrEqual(round);
      }
    });
  });

  it('keeps connections out of its body pending until it has ended, and does not change those into it', () => {
    alwaysInFlow((world) => {
      for (const [index, move] of world.moves.entries()) {
        const after = world.moves[index + 1];
        const open = move.status.loops.filter(({ state }) => state !== 'ended');
        for (const { loop } of open)
          for (const { id, source, target } of world.graph.connections)
            if (loop.body.has(source) && !loop.body.has(target))
              expect(stateBefore(move, id)).toBe('pending');
        if (move.kind !== 'event' || move.event.type !== 'RoundOpened' || after === undefined)
          continue;
        const { connectionId } = move.event;
        const body = world.graph.loops.find(({ id }) => id === connectionId)?.body ?? new Set();
        for (const { id, source } of world.graph.connections)
          if (!body.has(source)) expect(stateBefore(after, id)).toBe(stateBefore(move, id));
      }
    });
  });
});

describe('a loop inside another one', () => {
  it('restarts in each round of the outer loop', () => {
    const [a, b] = [agentId('a'), agentId('b')];
    const back = (id: string, source: AgentId, target: AgentId) =>
      ({ id: connectionId(id), source, target, flowType: 'loop', maxIterations: 3 }) as const;
    const graph = flowGraphOf({
      agents: [{ id: a }, { id: b, loop: { maxIterations: 2 } }],
      connections: [
        { id: connectionId('ab'), source: a, target: b, flowType: 'always' },
        back('outer', b, a),
      ],
    });
    const opened = (id: ConnectionId, round: number) =>
      ({ type: 'RoundOpened', agentId: b, connectionId: id, round }) as const;
    const inner = evolveFlow(emptyFlow, opened(ownLoopId(b), 2), { graph, at: 1 });
    expect(loopRound(inner, ownLoopId(b))).toBe(2);
    const outer = evolveFlow(inner, opened(connectionId('outer'), 3), { graph, at: 2 });
    expect(loopRound(outer, connectionId('outer'))).toBe(2);
    expect(loopRound(outer, ownLoopId(b))).toBe(1);
  });
});
