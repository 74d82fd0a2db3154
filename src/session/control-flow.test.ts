import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { Choices } from '../../testing/session/choices.ts';
import { resultOf } from '../../testing/session/effect-results.ts';
import { violations } from '../../testing/session/invariants.ts';
import { runEnded } from '../../testing/session/run-facts.ts';
import * as given from '../../testing/session/sample-events.ts';
import {
  bounds,
  driveToEnd,
  freshBranchingWorlds,
  type World,
} from '../../testing/session/world.ts';
import { agentId, connectionId } from '../workflow/ids.ts';
import { decide } from './decide.ts';
import type { LifecycleEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { unsentChanges } from './flow/approval.ts';
import { flowGraphOfSession, flowOfSession, questionsOf } from './session-flow.ts';
import type { SessionState } from './state.ts';

const numbers = fc.array(fc.nat(), { maxLength: 300, size: 'max' });

/** Everything is launched and read as well as can be; agents finish or fail, and decide, at random. */
const mixedResults =
  (choices: Choices): typeof resultOf =>
  (effect, context) => {
    if (effect.kind === 'hand-off') return resultOf(effect, { ...context, choices });
    if (effect.kind !== 'follow' || effect.hasEnded) return resultOf(effect, context);
    const outcome = choices.pick('finished', 'finished', 'finished', 'finished', 'error');
    return [runEnded(effect, outcome, context)];
  };

/** Checks fresh worlds that were driven to their end with random results and answers. */
function always(check: (world: World) => void): void {
  fc.assert(
    fc.property(freshBranchingWorlds, numbers, (world, random) => {
      driveToEnd(world, mixedResults(new Choices(random)), new Choices(random));
      check(world);
    }),
    bounds,
  );
}

const eventsOf = ({ steps }: World) => steps.map(({ event }) => event);

describe('a session with conditions, gates, plans and loops', () => {
  it('ends, whatever agents and users answer, and every state on the way is valid', () => {
    always((world) => {
      expect(world.state.phase.kind).toBe('ended');
      expect(decide(world.state).filter(({ kind }) => kind !== 'report-usage')).toEqual([]);
      expect(questionsOf(world.state)).toEqual([]);
      expect(world.steps.flatMap(({ state }) => violations(state))).toEqual([]);
    });
  });

  it('is finished if skipped agents were only those that were not reached', () => {
    always(({ state }) => {
      const isFine = state.agents.every(
        ({ phase }) =>
          phase.kind === 'settled' &&
          (phase.outcome === 'completed' || phase.cause?.code === 'not_taken'),
      );
      const { loops } = flowOfSession(state).status;
      const isWhole = isFine && !loops.some(({ cause }) => cause === 'cancelled');
      const outcome = state.phase.kind === 'ended' ? state.phase.outcome : null;
      expect(outcome === 'finished').toBe(isWhole);
    });
  });

  it('never exceeds the rounds of its loops, and stores an end with a cause for each one that was reached', () => {
    always((world) => {
      const { loops } = flowGraphOfSession(world.state);
      const ends = eventsOf(world).filter(({ type }) => type === 'LoopEnded');
      expect(ends.length).toBeGreaterThanOrEqual(loops.length);
      for (const agent of world.state.agents) {
        const around = loops.filter(({ body }) => body.has(agent.id));
        const most = around.reduce((product, { maxRounds }) => product * maxRounds, 1);
        expect(agent.round).toBeLessThanOrEqual(most);
        for (const { round } of agent.attempts) expect(round).toBeLessThanOrEqual(agent.round);
      }
    });
  });

  it('carries out no plan before it is approved', () => {
    always((world) => {
      for (const [index, { event }] of world.steps.entries()) {
        if (event.type !== 'HandoffStored' && event.type !== 'AgentSettled') continue;
        const agent = world.state.workflow.agents.find(({ id }) => id === event.agentId);
        if (agent?.planFirst !== true || event.attempt === undefined) continue;
        if (event.type === 'AgentSettled' && event.outcome !== 'completed') continue;
        const approved = world.steps
          .slice(0, index)
          .filter(
            ({ event: before }) =>
              before.type === 'GateAnswered' &&
              before.agentId === event.agentId &&
              before.attempt === event.attempt &&
              before.connectionId === undefined &&
              before.answer === 'approve',
          );
        expect(approved.length).toBe(1);
      }
    });
  });

  it('is not changed by a decision that is repeated at any later time', () => {
    always((world) => {
      const decided = world.steps.filter(({ event }) =>
        ['ConnectionDecided', 'GateOpened', 'GateAnswered', 'RoundOpened'].includes(event.type),
      );
      for (const { event, when } of decided)
        expect(evolve(world.state, event, when)).toBe(world.state);
    });
  });
});

describe('an unclear condition', () => {
  const conditional = { source: 'a', flowType: 'conditional' } as const;
  const branching = given.sessionStarted(
    sampleWorkflow({
      agents: ['a', 'b', 'c'],
      connections: [
        { ...conditional, id: 'good', target: 'b', condition: 'It is good.' },
        { ...conditional, id: 'else', target: 'c', isElse: true },
      ],
    }),
  );
  const cancelled = (agent: string): LifecycleEvent[] => [
    { type: 'CancelRequested', agentId: agentId(agent) },
    { type: 'AgentSettled', agentId: agentId(agent), round: 1, outcome: 'cancelled' },
  ];
  const unclear: LifecycleEvent = {
    type: 'DecisionUnclear',
    ...{ agentId: agentId('a'), attempt: 1, round: 1, connectionId: connectionId('good') },
    reason: 'it is missing',
  };
  const work = [given.launchIntended('a'), given.launched('a'), given.runEnded('a'), unclear];
  const questions = (...history: LifecycleEvent[]) =>
    questionsOf(given.stateAfter(branching, ...history, ...work, given.settled('a', 'completed')))
      .length;

  it('is asked as long as an agent waits for it, also behind the else branch', () => {
    expect(questions()).toBe(1);
    expect(questions(...cancelled('b'))).toBe(1);
    expect(questions(...cancelled('c'))).toBe(1);
    expect(questions(...cancelled('b'), ...cancelled('c'))).toBe(0);
  });
});

describe('a loop', () => {
  const looping = given.sessionStarted(
    sampleWorkflow({
      agents: ['a', 'b'],
      connections: ['a->b', { id: 'again', source: 'b', target: 'a', flowType: 'loop' }],
    }),
  );
  const work = (agent: string) => [
    given.launchIntended(agent),
    given.launched(agent),
    given.runEnded(agent, { isUnconfirmed: true }),
    given.settled(agent, 'completed'),
  ];
  const isChecked = (status: 'FINISHED' | 'ERROR'): LifecycleEvent => ({
    type: 'EndChecked',
    agentId: agentId('a'),
    attempt: 1,
    turnId: given.runId('run-a-1'),
    status,
    branches: [],
  });
  const asked = (...history: LifecycleEvent[]) =>
    decide(given.stateAfter(looping, ...history)).flatMap((effect) =>
      effect.kind === 'record' ? [effect.event] : [],
    );

  it('opens the next round once the last agent of its body has completed', () => {
    const opened = { type: 'RoundOpened', agentId: 'b', connectionId: 'again', round: 2 };
    expect(asked(...work('a'), isChecked('FINISHED'), ...work('b'))).toEqual([opened]);
  });

  it('opens no round after an end that was contradicted', () => {
    expect(
      asked(...work('a'), ...work('b').slice(0, 2), isChecked('ERROR'), ...work('b').slice(2)),
    ).toEqual([
      { type: 'LoopEnded', agentId: 'b', connectionId: 'again', round: 1, cause: 'failed' },
    ]);
  });
});

describe('an approval gate', () => {
  const gates = given.sessionStarted(
    sampleWorkflow({
      agents: ['a', 'b', 'slow'],
      connections: [{ id: 'gate', source: 'a', target: 'b', flowType: 'approval-gate' }, 'slow->b'],
    }),
  );
  const subject = {
    agentId: agentId('a'),
    attempt: 1,
    round: 1,
    connectionId: connectionId('gate'),
  } as const;
  const opened = (number: number): LifecycleEvent => ({
    type: 'GateOpened',
    ...subject,
    gateId: `gate#${number}`,
    number,
  });
  const approved = (number: number): LifecycleEvent => ({
    type: 'GateAnswered',
    ...subject,
    gateId: `gate#${number}`,
    answer: 'approve',
    by: 'app',
  });
  const work = (agent: string): readonly LifecycleEvent[] => [
    given.launchIntended(agent),
    given.launched(agent),
    given.runEnded(agent),
    given.streamEnded(agent),
    given.settled(agent, 'completed'),
  ];
  const goesOn: readonly LifecycleEvent[] = [
    given.message('a'),
    given.followUpSent('a', 'run-a-2'),
    given.runEnded('a', { turnId: given.runId('run-a-2') }),
    given.streamEnded('a', 'run-a-2'),
    given.settled('a', 'completed'),
  ];
  const recorded = (state: SessionState) =>
    decide(state).flatMap((effect) => (effect.kind === 'record' ? [effect.event] : []));

  it('asks again about work that is changed before it is answered', () => {
    const state = given.stateAfter(gates, ...work('a'), opened(1), ...goesOn);
    expect(questionsOf(state)).toEqual([]);
    expect(recorded(state)).toEqual([opened(2)]);
  });

  it('asks again about approved work that is changed before the downstream agent has started', () => {
    const state = given.stateAfter(gates, ...work('a'), opened(1), approved(1), ...goesOn);
    expect(recorded(state)).toEqual([opened(2)]);
  });

  it('does not ask again once the downstream agent has started', () => {
    const before = [...work('a'), opened(1), approved(1), ...work('slow'), ...work('b')];
    expect(recorded(given.stateAfter(gates, ...before, ...goesOn))).toEqual(
      recorded(given.stateAfter(gates, ...before)),
    );
  });

  it('accepts an answer in an older journal in which the question stayed open', () => {
    const state = given.stateAfter(gates, ...work('a'), opened(1), ...goesOn, approved(1));
    expect(recorded(state)).toEqual([]);
    expect(flowOfSession(state).status.connections.get(subject.connectionId)?.state).toBe('taken');
  });

  it('sends the requested changes of all gates of an agent in one turn', () => {
    const two = given.sessionStarted(
      sampleWorkflow({
        agents: ['a', 'b', 'c'],
        connections: ['b', 'c'].map((target) => ({
          id: `to-${target}`,
          source: 'a',
          target,
          flowType: 'approval-gate' as const,
        })),
      }),
    );
    const changes = ['to-b', 'to-c'].flatMap((id): LifecycleEvent[] => {
      const about = { ...subject, connectionId: connectionId(id), gateId: `${id}#1` };
      return [
        { type: 'GateOpened', ...about, number: 1 },
        { type: 'GateAnswered', ...about, answer: 'changes', note: `Change ${id}.`, by: 'app' },
      ];
    });
    const state = given.stateAfter(two, ...work('a'), ...changes);
    expect(decide(state).filter(({ kind }) => kind === 'intend-follow-up')).toHaveLength(1);
    expect(unsentChanges(state.flow, subject).map(({ answer }) => answer?.note)).toEqual([
      'Change to-b.',
      'Change to-c.',
    ]);
  });
});
