import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import * as given from '../../../testing/session/sample-events.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { connectionViews } from './flow-view.ts';

const workflow = sampleWorkflow({
  agents: ['a', 'b'],
  connections: [{ id: 'gate', source: 'a', target: 'b', flowType: 'approval-gate' }],
});

test('a gate waits for approval only as long as its session can still go on', () => {
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
  const waiting = [...given.wholeLife('a'), opened];
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
