import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { Choices } from '../../testing/session/choices.ts';
import { type ResultContext, resultOf } from '../../testing/session/effect-results.ts';
import { violations } from '../../testing/session/invariants.ts';
import { runAlive, runEnded } from '../../testing/session/run-facts.ts';
import { failure, followUpId, sessionId } from '../../testing/session/sample-events.ts';
import { bounds, driveToEnd, newWorlds, type World, worlds } from '../../testing/session/world.ts';
import { ancestorsOf } from '../workflow/graph.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Effect } from './effects.ts';
import type { LifecycleEvent, RunOutcome } from './events.ts';
import { evolve } from './evolve.ts';
import { graphOfSession, latestAttempt, latestTurn } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/** Answers as well as can be, but the runs of one agent that live now end as told. */
const endingAs =
  (victim: AgentId, outcome: RunOutcome) =>
  (effect: Effect, context: ResultContext): LifecycleEvent[] =>
    effect.kind === 'follow' && effect.agentId === victim && !effect.hasEnded
      ? [runEnded(effect, outcome, context)]
      : resultOf(effect, context);

function anyAgent(world: World, number: number): AgentId {
  const agent = world.state.agents[number % world.state.agents.length];
  if (agent === undefined) throw new Error('A workflow has at least one agent');
  return agent.id;
}

const isBehind = (state: SessionState, id: AgentId, ancestor: AgentId): boolean =>
  ancestorsOf(graphOfSession(state)).get(id)?.has(ancestor) === true;

const outcomeOf = ({ phase }: AgentState) =>
  phase.kind === 'settled' ? phase.outcome : phase.kind;

/** Checks a fresh world with one of its agents picked at random. */
function forAnyAgent(check: (world: World, agent: AgentId) => void): void {
  fc.assert(
    fc.property(newWorlds, fc.nat(), (world, number) => {
      check(world, anyAgent(world, number));
      for (const { state } of world.steps) expect(violations(state)).toEqual([]);
    }),
    bounds,
  );
}

/** What the newest run of an agent is known by. */
function runOf(world: World, id: AgentId) {
  const agent = world.state.agents.find((one) => one.id === id);
  const attempt = agent === undefined ? undefined : latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (attempt === undefined || turn === undefined) throw new Error(`${id} has no run`);
  return { agentId: id, attempt: attempt.number, turnId: turn.id };
}

const unchosen = { choices: new Choices([]) };

describe('an agent that fails', () => {
  it('skips exactly its downstream agents, each with a cause, and blocks no others', () => {
    forAnyAgent((world, victim) => {
      driveToEnd(world, endingAs(victim, 'expired'));
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'failed' });
      for (const agent of world.state.agents) {
        const expected =
          agent.id === victim
            ? 'failed'
            : isBehind(world.state, agent.id, victim)
              ? 'skipped'
              : 'completed';
        expect(outcomeOf(agent)).toBe(expected);
        if (expected === 'skipped')
          expect(agent.phase).toMatchObject({ cause: { upstreamAgentId: victim } });
      }
      expect(world.state.agents.find(({ id }) => id === victim)?.attempts.length).toBe(
        world.state.maxAttempts,
      );
    });
  });

  it('is retried together with its downstream agents, and the session finishes', () => {
    forAnyAgent((world, victim) => {
      driveToEnd(world, endingAs(victim, 'error'));
      const before = world.state.agents.flatMap(({ attempts }) => attempts).length;
      world.store({ type: 'RetryRequested', round: 1, agentId: victim });
      driveToEnd(world);
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
      const again = world.state.agents.flatMap(({ attempts }) => attempts).length - before;
      const behind = world.state.agents.filter(({ id }) => isBehind(world.state, id, victim));
      expect(again).toBe(1 + behind.length);
    });
  });

  it('reopens its skipped downstream agents and no others, whatever the state of the session', () => {
    fc.assert(
      fc.property(worlds, fc.nat(), (world, number) => {
        const agentId = anyAgent(world, number);
        const { state } = world;
        const round = state.agents.find(({ id }) => id === agentId)?.round ?? 1;
        const retried = evolve(
          state,
          { type: 'RetryRequested', round, agentId },
          { at: 1, sessionId },
        );
        const isRetried = ['failed', 'cancelled'].includes(
          outcomeOf(state.agents.find(({ id }) => id === agentId) ?? failNoAgent()),
        );
        for (const [index, agent] of state.agents.entries()) {
          const isBack =
            isRetried &&
            (agent.id === agentId ||
              (outcomeOf(agent) === 'skipped' && isBehind(state, agent.id, agentId)));
          expect(retried?.agents[index]?.phase).toEqual(
            isBack ? { kind: 'waiting', deferred: null } : agent.phase,
          );
        }
      }),
      bounds,
    );
  });
});

function failNoAgent(): never {
  throw new Error('The agent was picked from this state');
}

describe('a run that was flagged for its silence', () => {
  it('reopens the session if it turns out to have finished, and is not launched again', () => {
    forAnyAgent((world, victim) => {
      driveToEnd(world, endingAs(victim, 'silent'));
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'failed' });
      world.store(runEnded(runOf(world, victim), 'finished', unchosen));
      expect(world.state.phase.kind).toBe('active');
      driveToEnd(world);
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
      for (const agent of world.state.agents) expect(agent.attempts.length).toBe(1);
    });
  });

  it('reopens the session if it turns out to be alive, and is followed to its end', () => {
    forAnyAgent((world, victim) => {
      driveToEnd(world, endingAs(victim, 'silent'));
      world.store(runAlive(runOf(world, victim), unchosen));
      driveToEnd(world);
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
      for (const agent of world.state.agents) expect(agent.attempts.length).toBe(1);
    });
  });

  it('is not retried if it is found before its retry has begun', () => {
    forAnyAgent((world, victim) => {
      driveToEnd(world, endingAs(victim, 'silent'));
      world.store({ type: 'RetryRequested', round: 1, agentId: victim });
      world.store(runAlive(runOf(world, victim), unchosen));
      driveToEnd(world);
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
      for (const agent of world.state.agents) expect(agent.attempts.length).toBe(1);
    });
  });
});

describe('a message to a completed agent', () => {
  const sendMessage = (world: World, agentId: AgentId): void =>
    world.store({
      type: 'FollowUpIntended',
      round: 1,
      agentId,
      attempt: 1,
      followUpId: followUpId('f-message'),
      purpose: 'message',
      prompt: 'One more thing.',
    });

  it('does not change its outcome, however the reply ends', () => {
    const outcomes: RunOutcome[] = ['finished', 'error', 'cancelled', 'expired', 'silent', 'gone'];
    forAnyAgent((world, agentId) => {
      driveToEnd(world);
      for (const outcome of outcomes) {
        sendMessage(world, agentId);
        expect(world.state.phase.kind).toBe('active');
        driveToEnd(world, endingAs(agentId, outcome));
        expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
        for (const agent of world.state.agents) {
          expect(outcomeOf(agent)).toBe('completed');
          expect(agent.attempts.length).toBe(1);
        }
      }
    });
  });

  it('does not change its outcome if it cannot be sent', () => {
    forAnyAgent((world, agentId) => {
      driveToEnd(world);
      sendMessage(world, agentId);
      driveToEnd(world, (effect, context) =>
        effect.kind === 'send-follow-up'
          ? [
              {
                type: 'FollowUpRejected',
                agentId: effect.agentId,
                attempt: effect.attempt,
                followUpId: effect.followUpId,
                failure: failure('agent_gone'),
              },
            ]
          : resultOf(effect, context),
      );
      expect(world.state.phase).toMatchObject({ kind: 'ended', outcome: 'finished' });
      for (const agent of world.state.agents) expect(outcomeOf(agent)).toBe('completed');
    });
  });
});
