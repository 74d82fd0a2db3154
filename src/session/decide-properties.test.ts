import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { violations } from '../../testing/session/invariants.ts';
import { bounds, driveToEnd, newWorlds, worlds } from '../../testing/session/world.ts';
import { PLANNER_ID } from '../workflow/planner.ts';
import { decide } from './decide.ts';
import { type Effect, effectKey } from './effects.ts';
import { evolve } from './evolve.ts';
import { isLive, isSettled, upstreamAgents } from './select.ts';
import { flowGraphOfSession, flowOfSession } from './session-flow.ts';
import type { SessionState } from './state.ts';

/** Checks every state of random histories. */
function always(check: (state: SessionState, effects: readonly Effect[]) => void): void {
  fc.assert(
    fc.property(worlds, ({ steps }) => {
      for (const { state } of steps) check(state, decide(state));
    }),
    bounds,
  );
}

const kinds = (effects: readonly Effect[]) => effects.map(({ kind }) => kind);

describe('the effects', () => {
  it('are the same for the same state, and have unique keys', () => {
    always((state, effects) => {
      expect(decide({ ...state, agents: [...state.agents] })).toEqual(effects);
      const keys = effects.map(effectKey);
      expect(new Set(keys).size).toBe(keys.length);
    });
  });

  it('launch no agent before all connections to it are decided and one is taken', () => {
    always((state, effects) => {
      for (const effect of effects) {
        if (effect.kind !== 'intend-launch') continue;
        const incoming = flowGraphOfSession(state).incoming.get(effect.agentId) ?? [];
        const upstream = incoming.map(({ source }) => state.agents.find(({ id }) => id === source));
        for (const agent of upstream) {
          const phase = agent?.phase;
          const isDone = phase?.kind === 'settled' && phase.outcome === 'completed';
          const isNotTaken = phase?.kind === 'settled' && phase.cause?.code === 'not_taken';
          expect(isDone || isNotTaken).toBe(true);
        }
        const { connections } = flowOfSession(state).status;
        const states = incoming.map(({ id }) => connections.get(id)?.state);
        for (const one of states) expect(['taken', 'not-taken']).toContain(one);
        if (states.length > 0) expect(states).toContain('taken');
      }
    });
  });

  it('never reuse an attempt number, and never contain two launches of one agent', () => {
    always((state, effects) => {
      const launches = effects.filter(({ kind }) =>
        ['intend-launch', 'schedule-retry', 'launch', 'resolve-launch'].includes(kind),
      );
      const agents = launches.map((effect) => ('agentId' in effect ? effect.agentId : null));
      expect(new Set(agents).size).toBe(agents.length);
      for (const effect of launches) {
        if (effect.kind !== 'intend-launch') continue;
        const agent = state.agents.find(({ id }) => id === effect.agentId);
        expect(agent?.attempts.length).toBe(effect.attempt - 1);
      }
    });
  });

  it('respect the limit of live agents', () => {
    always((state, effects) => {
      const starting = ['intend-launch', 'intend-resume'];
      const intended = kinds(effects).filter((kind) => starting.includes(kind)).length;
      const free = Math.max(0, state.maxConcurrentAgents - state.agents.filter(isLive).length);
      expect(intended).toBeLessThanOrEqual(free);
    });
  });

  it('use every free slot for agents that can start, even if others failed or wait for a retry', () => {
    always((state, effects) => {
      const { connections, loops } = flowGraphOfSession(state);
      const isPlain = loops.length === 0 && connections.every(({ kind }) => kind === 'always');
      if (state.phase.kind !== 'active' || !isPlain) return;
      const ready = state.agents.filter(
        (agent) =>
          // The planner waits for the end of a round besides.
          agent.id !== PLANNER_ID &&
          agent.phase.kind === 'waiting' &&
          agent.phase.deferred === null &&
          agent.cancel === null &&
          upstreamAgents(state, agent.id).every(
            ({ phase }) => phase.kind === 'settled' && phase.outcome === 'completed',
          ),
      );
      const free = Math.max(0, state.maxConcurrentAgents - state.agents.filter(isLive).length);
      const now = effects.filter(
        (effect) =>
          effect.kind === 'intend-resume' ||
          (effect.kind === 'intend-launch' && effect.notBefore === null),
      );
      expect(now.length).toBeGreaterThanOrEqual(Math.min(free, ready.length));
    });
  });

  it('launch nothing while the session is held or being cancelled', () => {
    always((state, effects) => {
      if (state.phase.kind === 'active' && !state.isCancelRequested) return;
      expect(kinds(effects)).not.toContain('intend-launch');
      expect(kinds(effects)).not.toContain('launch');
    });
  });

  it('contain no event that is already stored', () => {
    always((state, effects) => {
      for (const effect of effects) {
        if (effect.kind !== 'record') continue;
        const next = evolve(state, effect.event, { at: state.startedAt, sessionId: state.id });
        expect(next).not.toBe(state);
        expect(decide(next).map(effectKey)).not.toContain(effectKey(effect));
      }
    });
  });

  it('of an ended session only collect usage and artifacts', () => {
    always((state, effects) => {
      if (state.phase.kind !== 'ended') return;
      for (const kind of kinds(effects))
        expect(['report-usage', 'record-base', 'check-end']).toContain(kind);
    });
  });
});

describe('a session', () => {
  it('ends from any state once everything is answered', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const before = world.steps.length;
        driveToEnd(world);
        expect(world.state.phase.kind).toBe('ended');
        expect(decide(world.state)).toEqual([]);
        for (const { state } of world.steps.slice(before)) expect(violations(state)).toEqual([]);
      }),
      bounds,
    );
  });

  it('finishes with every agent completed at its first attempt if nothing fails', () => {
    fc.assert(
      fc.property(newWorlds, (world) => {
        driveToEnd(world);
        expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
        for (const agent of world.state.agents) {
          expect(agent.phase).toMatchObject({ kind: 'settled', outcome: 'completed' });
          expect(agent.attempts.length).toBe(1);
        }
      }),
      bounds,
    );
  });

  it('launches nothing after it is cancelled, and ends', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        if (world.state.phase.kind === 'ended') return;
        world.store({ type: 'CancelRequested' });
        const before = world.steps.length;
        driveToEnd(world);
        const after = world.steps.slice(before).map(({ event }) => event.type);
        expect(after).not.toContain('LaunchIntended');
        expect(world.state.phase.kind).toBe('ended');
        expect(world.state.agents.every(isSettled)).toBe(true);
      }),
      bounds,
    );
  });
});
