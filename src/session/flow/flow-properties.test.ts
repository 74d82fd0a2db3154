import { describe, expect, it } from 'vitest';
import fc from '../../../testing/properties.ts';
import { Choices } from '../../../testing/session/choices.ts';
import { FlowWorld } from '../../../testing/session/flow-world.ts';
import {
  alwaysInFlow,
  answersFrom,
  eventsOf,
  many,
  numbers,
  outcomes,
  startsOf,
  stateBefore,
} from '../../../testing/session/flow-worlds.ts';
import { flowSources } from '../../../testing/session/random-flows.ts';
import { type AgentId, agentId, connectionId } from '../../workflow/ids.ts';
import { evolveFlow } from './evolve-flow.ts';
import type { FlowGraph } from './flow-graph.ts';
import { emptyFlow } from './flow-state.ts';
import { flowStatusOf } from './flow-status.ts';
import { pendingFlowEvents } from './pending-events.ts';
import { openQuestions } from './questions.ts';

describe('a session', () => {
  it('settles: nothing is undecided once all questions are answered', () => {
    alwaysInFlow((world) => {
      const status = flowStatusOf(world.facts);
      expect(Object.values(outcomes(world))).not.toContain('open');
      expect(status.loops.map(({ state }) => state)).toEqual(status.loops.map(() => 'ended'));
      expect(openQuestions(world.facts, status)).toEqual([]);
      expect(pendingFlowEvents(world.facts, status, { canContinue: true })).toEqual([]);
    });
  });

  it('settles after a cancellation at any time, and opens no further round', () => {
    fc.assert(
      fc.property(
        flowSources(),
        fc.array(fc.nat(), { maxLength: 3 }),
        numbers,
        fc.nat(60),
        (source, seed, order, moment) => {
          const world = new FlowWorld(source, answersFrom(seed, true));
          world.run(new Choices(order), moment);
          expect(Object.values(outcomes(world))).not.toContain('open');
          const after = world.moves.filter(({ before }) => before.isCancelRequested);
          const opened = after.filter(
            (move) => move.kind === 'event' && move.event.type === 'RoundOpened',
          );
          expect(opened).toEqual([]);
          for (const { state } of flowStatusOf(world.facts).loops) expect(state).toBe('ended');
        },
      ),
      many,
    );
  });

  it('reaches the same end whatever the order of events', () => {
    fc.assert(
      fc.property(
        flowSources(),
        fc.array(fc.nat(), { maxLength: 3 }),
        numbers,
        numbers,
        (source, seed, one, other) => {
          const [first, second] = [one, other].map((order) =>
            new FlowWorld(source, answersFrom(seed, true)).run(new Choices(order)),
          );
          if (first === undefined || second === undefined) throw new Error('Two were made');
          expect(outcomes(second)).toEqual(outcomes(first));
          for (const id of first.graph.agentIds)
            expect(startsOf(second, id)).toBe(startsOf(first, id));
        },
      ),
      many,
    );
  });
});

describe('an agent', () => {
  it('starts only if all connections to it are decided, none is blocked, and one is taken', () => {
    alwaysInFlow((world) => {
      for (const move of world.moves) {
        if (move.kind !== 'start') continue;
        const incoming = (world.graph.incoming.get(move.agentId) ?? []).map(({ id }) =>
          stateBefore(move, id),
        );
        for (const state of incoming) expect(['taken', 'not-taken']).toContain(state);
        if (incoming.length > 0) expect(incoming).toContain('taken');
      }
    });
  });

  it('is skipped only once no connection to it is pending', () => {
    alwaysInFlow((world) => {
      for (const move of world.moves) {
        if (move.kind !== 'skip') continue;
        const incoming = (world.graph.incoming.get(move.agentId) ?? []).map(({ id }) =>
          stateBefore(move, id),
        );
        expect(incoming).not.toContain('pending');
        expect(incoming).not.toContain('awaiting-approval');
        if (move.isBlocked) expect(incoming).toContain('blocked');
        else expect(new Set(incoming)).toEqual(new Set(['not-taken']));
      }
    });
  });

  it('after a condition that does not hold starts if another connection to it is taken', () => {
    alwaysInFlow(
      (world) => {
        expect(Object.values(outcomes(world))).not.toContain('blocked');
        const status = flowStatusOf(world.facts);
        for (const { agentId, outcome } of world.facts.activations.values()) {
          const incoming = (world.graph.incoming.get(agentId) ?? []).map(
            ({ id }) => status.connections.get(id)?.state,
          );
          const isReached = incoming.length === 0 || incoming.includes('taken');
          expect(outcome?.kind).toBe(isReached ? 'completed' : 'not-taken');
        }
      },
      { isFaulty: false },
    );
  });

  it('is blocked if and only if it is downstream of failed, cancelled or rejected work', () => {
    alwaysInFlow(
      (world) => {
        const status = flowStatusOf(world.facts);
        const lost = lostAgents(world.graph, world);
        for (const { agentId, outcome } of world.facts.activations.values())
          expect(outcome?.kind === 'blocked').toBe(lost.has(agentId));
        for (const [, state] of status.connections)
          if (state.state === 'blocked')
            expect(['failed', 'cancelled', 'rejected']).toContain(state.by.kind);
      },
      { isLooping: false },
    );
  });
});

/** An oracle that knows nothing of connection states: whoever can be reached from a loss along drawn connections. */
function lostAgents(graph: FlowGraph, world: FlowWorld): ReadonlySet<AgentId> {
  const rejected = eventsOf(world).flatMap((event) =>
    event.type === 'GateAnswered' && event.answer === 'reject' ? [event.connectionId] : [],
  );
  const lost = new Set<AgentId>();
  const failed = [...world.facts.activations.values()].filter(({ outcome }) =>
    ['failed', 'cancelled'].includes(outcome?.kind ?? ''),
  );
  for (const { agentId } of failed)
    for (const { target } of graph.outgoing.get(agentId) ?? []) lost.add(target);
  for (const { id, target } of graph.connections) if (rejected.includes(id)) lost.add(target);
  for (const id of lost) for (const { target } of graph.outgoing.get(id) ?? []) lost.add(target);
  return lost;
}

describe('else', () => {
  it('holds if and only if no condition of the same agent holds', () => {
    alwaysInFlow((world) => {
      const status = flowStatusOf(world.facts);
      for (const { id, source, kind } of world.graph.connections) {
        if (kind !== 'else') continue;
        if (world.facts.activations.get(source)?.outcome?.kind !== 'completed') continue;
        const siblings = (world.graph.outgoing.get(source) ?? []).filter(
          (one) => one.kind === 'conditional',
        );
        const isAnyTaken = siblings.some(
          (one) => status.connections.get(one.id)?.state === 'taken',
        );
        expect(status.connections.get(id)?.state).toBe(isAnyTaken ? 'not-taken' : 'taken');
      }
    });
  });
});

describe('a gate', () => {
  it('is answered at most once each time it opens, and is answered in the end', () => {
    alwaysInFlow((world) => {
      const answered = eventsOf(world).flatMap((event) =>
        event.type === 'GateAnswered' ? [event.gateId] : [],
      );
      const opened = eventsOf(world).flatMap((event) =>
        event.type === 'GateOpened' ? [event.gateId] : [],
      );
      expect(new Set(answered).size).toBe(answered.length);
      expect(opened).toEqual(expect.arrayContaining(answered));
      for (const { id } of world.facts.flow.gates) expect(answered).toContain(id);
    });
  });
});

describe('the fold', () => {
  it('is not changed by a repeated event, at once or at any later time', () => {
    alwaysInFlow((world) => {
      let flow = emptyFlow;
      const { graph } = world;
      const events = eventsOf(world);
      for (const event of events) {
        flow = evolveFlow(flow, event, { graph, at: 1 });
        if (event.type === 'RoundOpened') continue;
        expect(evolveFlow(flow, event, { graph, at: 2 })).toBe(flow);
      }
      for (const event of events)
        if (event.type !== 'RoundOpened' && event.type !== 'LoopEnded')
          expect(evolveFlow(world.facts.flow, event, { graph, at: 3 })).toBe(world.facts.flow);
    });
  });

  it('keeps the first answer if two users answer at the same time', () => {
    const opened = {
      type: 'GateOpened',
      agentId: agentId('a'),
      attempt: 1,
      round: 1,
      gateId: 'g#1',
      number: 1,
      connectionId: connectionId('g'),
    } as const;
    const answered = (answer: 'approve' | 'reject', by: string) =>
      ({
        type: 'GateAnswered',
        agentId: opened.agentId,
        attempt: 1,
        round: 1,
        gateId: 'g#1',
        answer,
        by,
      }) as const;
    const graph = new FlowWorld({ agents: [], connections: [] }, answersFrom([], false)).graph;
    const flow = [opened, answered('approve', 'app'), answered('reject', 'cli')].reduce(
      (state, event) => evolveFlow(state, event, { graph, at: 1 }),
      emptyFlow,
    );
    expect(flow.gates).toMatchObject([{ answer: { kind: 'approve', by: 'app' } }]);
  });
});
