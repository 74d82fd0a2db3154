import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { questionsOf } from '../../session/session-flow.ts';
import { questionReason } from '../../session/status/question-text.ts';
import { agentId, connectionId } from '../../workflow/ids.ts';
import { agentView } from './agent-view.ts';
import { connectionViews, questionView } from './flow-view.ts';

const workflow = sampleWorkflow({
  agents: ['a', 'b'],
  connections: [{ id: 'gate', source: 'a', target: 'b', flowType: 'approval-gate' }],
});

test('a gate no longer waits for approval after its session has ended', () => {
  const [gate] = workflow.connections;
  const [agent] = workflow.agents;
  if (gate === undefined || agent === undefined) throw new Error('The workflow has no gate.');
  const opened: LifecycleEvent = {
    type: 'GateOpened',
    agentId: agent.id,
    attempt: 1,
    round: 1,
    gateId: 'gate#1',
    number: 1,
    connectionId: gate.id,
  };
  const waiting = [...given.completeLifecycle('a'), opened];
  const viewAfter = (...events: LifecycleEvent[]) =>
    connectionViews(given.stateAfter(given.sessionStarted(workflow), ...waiting, ...events))[0];
  expect(viewAfter()).toMatchObject({ state: 'awaiting-approval' });
  const ended = [
    { type: 'CancelRequested' },
    given.settled('b', 'cancelled', null),
    { type: 'SessionEnded', outcome: 'cancelled' },
  ] satisfies LifecycleEvent[];
  expect(viewAfter(...ended)).toMatchObject({
    state: 'not-taken',
    reason: 'The session was cancelled before this was decided.',
  });
});

test('a question shows the work that it is about, without its decision block', () => {
  const [gate] = workflow.connections;
  const [agent] = workflow.agents;
  if (gate === undefined || agent === undefined) throw new Error('The workflow has no gate.');
  const workAfter = (result: string) => {
    const events = given
      .completeLifecycle('a')
      .map((event) => (event.type === 'RunEnded' ? { ...event, result } : event));
    const about = { agentId: agent.id, attempt: 1, round: 1, connectionId: gate.id };
    const opened = { type: 'GateOpened', ...about, gateId: 'gate#1', number: 1 } as const;
    const state = given.stateAfter(given.sessionStarted(workflow), ...events, opened);
    return questionsOf(state).map((question) => questionView(state, question).work);
  };
  const decision = '```decision\n{"x": {"holds": true, "reason": "So."}}\n```';
  expect(workAfter(`Built it.\n\n${decision}`)).toEqual(['Built it.']);
  expect(workAfter(decision)).toEqual([null]);
  expect(workAfter('x'.repeat(100_000))).toEqual([`${'x'.repeat(6_000)}…`]);
});

test('an agent at a gate needs you since the question, not since the session began', () => {
  const [gate] = workflow.connections;
  const [agent] = workflow.agents;
  if (gate === undefined || agent === undefined) throw new Error('The workflow has no gate.');
  const about = { agentId: agent.id, attempt: 1, round: 1, connectionId: gate.id };
  const opened = { type: 'GateOpened', ...about, gateId: 'gate#1', number: 1 } as const;
  const state = given.stateAfter(
    given.sessionStarted(workflow),
    ...given.completeLifecycle('a'),
    opened,
  );
  const [question] = questionsOf(state);
  const waiting = state.agents.find(({ id }) => id === 'b');
  if (question?.kind !== 'gate' || waiting === undefined) throw new Error('Nothing is asked.');
  expect(question.gate.openedAt).toBeGreaterThan(waiting.changedAt);
  expect(agentView(state, waiting, 2, () => null)).toMatchObject({
    status: 'requires-action',
    statusSource: 'Cerevisor',
    statusAt: new Date(question.gate.openedAt).toISOString(),
  });
});

const conditional = sampleWorkflow({
  agents: ['a', 'b'],
  connections: [
    { id: 'bad', source: 'a', target: 'b', flowType: 'conditional', condition: 'A test fails.' },
  ],
});
const aboutCondition = {
  ...{ agentId: agentId('a'), attempt: 1, round: 1 },
  connectionId: connectionId('bad'),
};
/** The work of the agent with a decision, before its end. */
const decidedWork = (...decision: LifecycleEvent[]) => [
  given.launchIntended('a'),
  given.launched('a'),
  given.runEnded('a', { result: 'The tests are red.' }),
  given.streamEnded('a'),
  ...decision,
];

test('a connection says that a later message does not change its decision', () => {
  const decided = {
    type: 'ConnectionDecided',
    ...aboutCondition,
    holds: true,
    by: 'agent',
  } as const;
  const state = given.stateAfter(
    given.sessionStarted(conditional),
    ...decidedWork(decided, given.settled('a', 'completed')),
    given.message('a'),
    given.followUpSent('a', 'run-a-2'),
    given.runEnded('a', {
      turnId: given.runId('run-a-2'),
      result: '```decision\n{"bad": {"holds": false}}\n```',
    }),
    given.settled('a', 'completed'),
  );
  expect(connectionViews(state)).toMatchObject([
    {
      state: 'taken',
      reason:
        'Its condition holds. In its latest message, the agent says that the condition of the connection to "Agent b" does not hold. This no longer counts, because it was already decided that it holds.',
    },
  ]);
});

test('a connection that waits for you says why its condition is unclear', () => {
  const reason = 'The agent did not state a decision.';
  const unclear = { type: 'DecisionUnclear', ...aboutCondition, reason } as const;
  const state = given.stateAfter(
    given.sessionStarted(conditional),
    ...decidedWork(unclear, given.settled('a', 'completed')),
  );
  expect(connectionViews(state)).toMatchObject([
    { reason: `Waits for your decision, because "Agent a" could not decide: ${reason}` },
  ]);
});

test('an expression that cannot be evaluated is not blamed on the agent', () => {
  const [connection] = conditional.connections;
  if (connection === undefined) throw new Error('The workflow has no connection.');
  const expression = 'handoff.count > 3';
  const workflowWithExpression = {
    ...conditional,
    connections: [{ ...connection, expression }],
  };
  const reason = `${expression}: No such key: count`;
  const unclear = { type: 'DecisionUnclear', ...aboutCondition, reason } as const;
  const state = given.stateAfter(
    given.sessionStarted(workflowWithExpression),
    ...decidedWork(unclear, given.settled('a', 'completed')),
  );
  expect(connectionViews(state)).toMatchObject([
    { reason: `Waits for your decision, because its expression could not be evaluated: ${reason}` },
  ]);
  expect(questionsOf(state).map((question) => questionReason(state, question).message)).toEqual([
    `An expression over the hand-off of "Agent a" cannot be evaluated: ${reason}`,
  ]);
});

test('the result of an agent is its work, and not its answer to the request for a decision', () => {
  const asked: LifecycleEvent = {
    type: 'FollowUpIntended',
    ...{ agentId: agentId('a'), attempt: 1, round: 1 },
    followUpId: given.followUpId('f_1'),
    purpose: 'decision',
    prompt: 'Does it hold?',
  };
  const state = given.stateAfter(
    given.sessionStarted(conditional),
    ...decidedWork(asked, given.followUpSent('a', 'run-a-2')),
    given.runEnded('a', { turnId: given.runId('run-a-2'), result: 'It holds.' }),
  );
  const view = agentView(state, given.agentIn(state, 'a'), 1, () => null);
  expect(view).toMatchObject({ turnId: 'run-a-2', result: 'The tests are red.' });
});
