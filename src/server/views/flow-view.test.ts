import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { questionsOf } from '../../session/session-flow.ts';
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
