import { expect, test } from 'vitest';
import fc from '../../../testing/properties.ts';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import {
  completeLifecycle,
  failedLifecycle,
  followUpId,
  runEnded,
  sessionId,
  sessionStarted,
  settled,
  stateAfter,
} from '../../../testing/session/sample-events.ts';
import { bounds, worlds } from '../../../testing/session/world.ts';
import { agentView } from '../../server/views/agent-view.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { evolve } from '../../session/evolve.ts';
import { latestAttempt } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import { agentId } from '../../workflow/ids.ts';
import type { EngineContext } from '../context.ts';
import { cancel, followUp, retry } from './actions.ts';

/** What an action stored; nothing when it refused. */
function storedBy(act: (context: EngineContext) => unknown): readonly LifecycleEvent[] {
  const stored: LifecycleEvent[] = [];
  act({
    // Only what actions touch.
    journal: { append: (_: unknown, events: readonly LifecycleEvent[]) => stored.push(...events) },
    ids: { followUp: () => followUpId('f_person') },
  } as never);
  return stored;
}

const changes = (state: SessionState, [event]: readonly LifecycleEvent[]) =>
  event !== undefined && evolve(state, event, { at: 9e9, sessionId }) !== state;

function message(agent: AgentState): LifecycleEvent[] {
  return [
    {
      type: 'FollowUpIntended',
      round: agent.round,
      agentId: agent.id,
      attempt: latestAttempt(agent)?.number ?? 1,
      followUpId: followUpId('f_person'),
      purpose: 'message',
      prompt: 'more',
    },
  ];
}

test('clients offer exactly the actions that the engine accepts and the fold carries out', () => {
  fc.assert(
    fc.property(worlds, ({ steps }) => {
      for (const { state } of steps)
        for (const agent of state.agents) {
          const { id } = agent;
          const { canRetry, canFollowUp, canCancel } = agentView(state, agent, 0, () => null);
          const retried = storedBy((context) => retry(context, state, id));
          const followed = storedBy((context) => followUp(context, state, id, { text: 'more' }));
          const cancelled = storedBy((context) => cancel(context, state, id));
          expect([retried, followed, cancelled].map(({ length }) => length === 1)).toEqual([
            canRetry,
            canFollowUp,
            canCancel,
          ]);
          const { round } = agent;
          expect(changes(state, [{ type: 'RetryRequested', round, agentId: id }])).toBe(canRetry);
          expect(changes(state, message(agent))).toBe(canFollowUp);
        }
    }),
    bounds,
  );
});

test.each([
  ['completed', completeLifecycle('a'), [false, true]],
  ['failed', failedLifecycle('a'), [true, true]],
  [
    'given up',
    [
      ...failedLifecycle('a').slice(0, 2),
      runEnded('a', { outcome: 'gone' }),
      settled('a', 'failed', null),
    ],
    [true, false],
  ],
] as const)('an agent that is %s may be retried and followed up as told', (_, life, expected) => {
  const state = stateAfter(sessionStarted(), ...life);
  const [agent] = state.agents;
  const { canRetry, canFollowUp } = agentView(state, agent as AgentState, 0, () => null);
  expect([canRetry, canFollowUp]).toEqual(expected);
});

test('a skipped agent can be neither retried nor messaged, and the errors say what to do instead', () => {
  const workflow = sampleWorkflow({ agents: ['a', 'b'], connections: ['a->b'] });
  const skipped = settled('b', 'skipped', null);
  const state = stateAfter(sessionStarted(workflow), ...failedLifecycle('a'), skipped);
  const context = {} as EngineContext; // A refusal touches nothing.
  for (const refusal of [
    retry(context, state, agentId('b')),
    followUp(context, state, agentId('b'), { text: 'more' }),
  ])
    expect(refusal?.suggestion).toContain('Retry the agent that caused it to be skipped');
});

test('an agent that cannot be retried yet or again is refused with what to do instead', () => {
  const adviceAfter = (...events: LifecycleEvent[]) => {
    const refused: unknown[] = [];
    const state = stateAfter(sessionStarted(sampleWorkflow()), ...events);
    storedBy((context) => refused.push(retry(context, state, agentId('a'))));
    return refused[0];
  };
  expect(adviceAfter(...completeLifecycle('a'))).toMatchObject({
    code: 'not_retryable',
    suggestion: expect.stringContaining('`cerevisor follow-up`'),
  });
  expect(adviceAfter()).toMatchObject({ suggestion: 'Wait until it ends, or cancel it first.' });
});

test('the advice for a skipped agent depends on why it was skipped', () => {
  const refusalOf = (cause: Parameters<typeof skipped>[0]) => {
    const state = stateAfter(sessionStarted(sampleWorkflow()), skipped(cause));
    const refused: unknown[] = [];
    storedBy((context) => refused.push(retry(context, state, agentId('a'))));
    return refused[0];
  };
  const cause = { code: 'gate_rejected', message: 'No.', suggestion: 'Run it again.' };
  expect(refusalOf(cause)).toMatchObject({ code: 'not_retryable', suggestion: 'Run it again.' });
  expect(refusalOf({ code: 'not_taken', message: 'No.' })).toMatchObject({
    suggestion: expect.stringContaining('No connection to it was taken'),
  });
  expect(refusalOf({ code: 'upstream_not_completed', message: 'No.' })).toMatchObject({
    suggestion: expect.stringContaining('Retry the agent that caused it to be skipped'),
  });
});

const skipped = (cause: {
  readonly code: string;
  readonly message: string;
  readonly suggestion?: string;
}): LifecycleEvent => ({
  type: 'AgentSettled',
  agentId: agentId('a'),
  round: 1,
  outcome: 'skipped',
  cause,
});
