import { expect, test } from 'vitest';
import { openTemporaryJournal } from '../../../testing/journal.ts';
import {
  agentIn,
  completeLifecycle,
  followUpSent,
  launched,
  launchIntended,
  message,
  runEnded,
  runId,
  sessionId,
  sessionStarted,
  threadId,
} from '../../../testing/session/sample-events.ts';
import type { Result } from '../../runtimes/provider-error.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import type { FollowUpId } from '../../session/ids.ts';
import { agentStatus } from '../../session/status/session-status.ts';
import { agentId } from '../../workflow/ids.ts';
import { sessionProjection } from '../projection.ts';
import { requireSession } from '../require-session.ts';
import { intendResume } from './intend-resume.ts';

const effect = {
  kind: 'intend-resume',
  agentId: agentId('a'),
  attempt: 1,
  round: 1,
  runtime: 'cursor-cloud',
  threadId: threadId('bc-a-1'),
  turnId: runId('run-a-1'),
} as const;

type Prompt = (threadId: string, turnId: string) => Promise<Result<string>>;

/** A session whose only agent was interrupted, and one try to take its work up again. */
function interrupted(
  resumePrompt: Prompt | undefined,
  resumeOnLaunch: 'ask' | 'automatically',
  limit = 1,
  before: readonly LifecycleEvent[] = [launchIntended('a'), launched('a')],
  turnId = effect.turnId,
) {
  const opened = openTemporaryJournal({ projection: sessionProjection });
  const { journal } = opened;
  journal.append(sessionId, [
    sessionStarted(),
    ...before,
    runEnded('a', {
      turnId,
      outcome: 'interrupted',
      failure: { code: 'interrupted', message: 'The machine was restarted.' },
    }),
  ]);
  const tryOnce = (failures = 0) =>
    intendResume({
      // Only what resuming touches.
      context: {
        journal,
        clock: { now: () => 1_000 },
        random: () => 0,
        maxLiveCloudAttempts: () => limit,
        ids: { followUp: () => 'f_1' as FollowUpId },
        runtime: () => (resumePrompt === undefined ? {} : { resumePrompt }),
        resumeOnLaunch: () => resumeOnLaunch,
      } as unknown as Parameters<typeof intendResume>[0]['context'],
      sessionId,
      effect: { ...effect, turnId },
      failures,
      signal: new AbortController().signal,
      wasTried: false,
      inheritedUpTo: 0,
    });
  return {
    journal,
    tryOnce,
    state: () => requireSession(journal, sessionId),
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
}

const prompt: Prompt = async (thread, turn) => ({
  ok: true,
  value: `Go on with ${thread} ${turn}.`,
});

test('the resume prompt is stored before it is sent', async () => {
  using session = interrupted(prompt, 'automatically');
  const { journal, tryOnce, state } = session;
  expect(await tryOnce()).toEqual({ kind: 'done' });
  expect(state().agents[0]?.phase).toMatchObject({ kind: 'following-up', purpose: 'resume' });
  expect(
    journal.sessionEvents(sessionId, { limit: 10, types: ['FollowUpIntended'] })[0]?.event,
  ).toMatchObject({ prompt: 'Go on with bc-a-1 run-a-1.', purpose: 'resume', round: 1 });
});

test('without a free slot it waits, and says so once', async () => {
  using session = interrupted(prompt, 'automatically');
  const { journal, tryOnce, state } = session;
  const other = 's_00000000000000000000000000000002' as typeof sessionId;
  journal.append(other, [sessionStarted(), launchIntended('a')]);
  expect(await tryOnce()).toEqual({ kind: 'retry', at: 31_000 });
  expect(await tryOnce()).toEqual({ kind: 'retry', at: 31_000 });
  expect(agentStatus(state(), agentIn(state(), 'a'))).toBe('queued');
  const told = journal.sessionEvents(sessionId, { limit: 10, types: ['LaunchDeferred'] });
  expect(told.map(({ event }) => event)).toEqual([
    expect.objectContaining({
      attempt: 1,
      failure: expect.objectContaining({
        message: expect.stringContaining('This one continues as soon as a slot is free.'),
      }),
    }),
  ]);
  journal.append(other, [launched('a'), runEnded('a')]);
  expect(await tryOnce()).toEqual({ kind: 'done' });
  expect(state().agents[0]?.phase).toMatchObject({ kind: 'following-up', purpose: 'resume' });
});

test('with "ask me", the user is asked once per interruption', async () => {
  using session = interrupted(prompt, 'ask');
  const { journal, tryOnce, state } = session;
  await tryOnce();
  expect(state().phase).toEqual({ kind: 'held', reason: 'asked-on-launch' });
  journal.append(sessionId, [{ type: 'SessionResumed' }]);
  await tryOnce();
  expect(state().agents[0]?.phase).toMatchObject({ kind: 'following-up' });
});

test('an unreachable runtime is retried a few times', async () => {
  const error = { code: 'unreachable', message: 'The runner does not answer.' } as const;
  using session = interrupted(async () => ({ ok: false, error }), 'automatically');
  const { tryOnce, state } = session;
  expect(await tryOnce()).toMatchObject({ kind: 'retry' });
  expect(state().agents[0]?.phase).toMatchObject({ kind: 'running' });
  expect(await tryOnce(5)).toEqual({ kind: 'done' });
  expect(state().agents[0]?.phase).toMatchObject({
    outcome: 'failed',
    cause: { code: 'interrupted', message: expect.stringContaining('does not answer') },
  });
});

test('the agent fails with the reason if the turn cannot be resumed', async () => {
  using session = interrupted(undefined, 'automatically');
  const { tryOnce, state } = session;
  await tryOnce();
  expect(state().agents[0]?.phase).toMatchObject({
    outcome: 'failed',
    cause: { code: 'interrupted', message: expect.stringContaining('machine was restarted') },
  });
});

test('completed work stays completed if a later message was interrupted and cannot be resumed', async () => {
  const followUp = [...completeLifecycle('a'), message('a'), followUpSent('a', 'run-a-2')];
  using session = interrupted(undefined, 'automatically', 1, followUp, runId('run-a-2'));
  const { tryOnce, state } = session;
  await tryOnce();
  expect(state().agents[0]?.phase).toMatchObject({
    outcome: 'completed',
    cause: { code: 'interrupted', message: expect.stringContaining('machine was restarted') },
  });
});
