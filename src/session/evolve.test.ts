import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import * as given from '../../testing/session/sample-events.ts';
import { agentId, connectionId } from '../workflow/ids.ts';
import { decide } from './decide.ts';
import type { Branch, LifecycleEvent } from './events.ts';
import { evolve } from './evolve.ts';
import type { SessionState } from './state.ts';

const { agentIn, stateAfter } = given;
const one = given.sessionStarted();
const chain = given.sessionStarted(
  sampleWorkflow({ agents: ['a', 'b', 'c'], connections: ['a->b', 'b->c'] }),
);
const running = [given.launchIntended('a'), given.launched('a')];
const skipped = (agent: string): LifecycleEvent => given.settled(agent, 'skipped', null);

describe('a launch', () => {
  it('applies only to the intended attempt: an older one and a repetition change nothing', () => {
    const state = stateAfter(one, ...running);
    for (const late of [given.launchIntended('a'), given.launched('a'), given.launched('a', 2)])
      expect(stateAfter(one, ...running, late)).toEqual(state);
    expect(agentIn(state, 'a').attempts.length).toBe(1);
  });

  it('waits with a reason if Cursor requests a pause, and does not fail', () => {
    const state = stateAfter(one, given.launchIntended('a'), {
      type: 'LaunchDeferred',
      round: 1,
      agentId: agentId('a'),
      attempt: 1,
      reason: 'rate_limited',
      until: 5,
    });
    expect(agentIn(state, 'a').phase).toEqual({
      kind: 'launching',
      deferred: { reason: 'rate_limited', until: 5 },
      uncertain: null,
      rejected: null,
    });
  });

  it('cannot be deferred once it is running', () => {
    const late = {
      type: 'LaunchDeferred',
      round: 1,
      agentId: agentId('a'),
      attempt: 2,
      reason: 'retry',
    } as const;
    expect(agentIn(stateAfter(one, ...running, late), 'a').phase.kind).toBe('running');
  });
});

describe('a run', () => {
  it('does not become CREATING again because of a record that lags behind', () => {
    const state = stateAfter(
      one,
      ...running,
      given.runObserved('a'),
      given.runObserved('a', { status: 'CREATING' }),
    );
    expect(agentIn(state, 'a').attempts[0]?.turns[0]?.status).toBe('RUNNING');
  });

  it('keeps its first end: a record that says RUNNING, or another end, changes nothing', () => {
    const ended = [...running, given.runEnded('a', { outcome: 'cancelled' })];
    const state = stateAfter(one, ...ended);
    for (const late of [given.runObserved('a'), given.runEnded('a')])
      expect(stateAfter(one, ...ended, late)).toEqual(state);
  });

  it('keeps its agent from settling while it is alive', () => {
    const state = stateAfter(one, ...running, given.settled('a', 'failed'));
    expect(agentIn(state, 'a').phase.kind).toBe('running');
  });

  it('that was given up is followed again if Cursor reports it as alive', () => {
    const flagged = [
      ...running,
      given.runEnded('a', { outcome: 'silent' }),
      given.settled('a', 'failed'),
    ];
    const state = stateAfter(one, ...flagged, given.runObserved('a'));
    expect(agentIn(state, 'a').phase.kind).toBe('running');
    expect(agentIn(state, 'a').attempts[0]?.turns[0]).toMatchObject({
      ended: null,
      stream: 'open',
    });
  });

  it('that was given up and replaced by a new attempt stays ended', () => {
    const replaced = [
      ...running,
      given.runEnded('a', { outcome: 'silent' }),
      given.settled('a', 'failed'),
      given.retry('a'),
      given.launchIntended('a', 2),
    ];
    expect(stateAfter(one, ...replaced, given.runObserved('a'))).toEqual(
      stateAfter(one, ...replaced),
    );
  });

  it('keeps the outcome "silent" if the 24-hour rule applies twice', () => {
    const flagged = [...running, given.runEnded('a', { outcome: 'silent' })];
    const state = stateAfter(one, ...flagged, given.runEnded('a', { outcome: 'gone' }));
    expect(agentIn(state, 'a').attempts[0]?.turns[0]?.ended?.outcome).toBe('silent');
  });
});

describe('branches', () => {
  const repoUrl = 'https://github.com/acme/shop';
  const reported = (...reports: Branch[][]): readonly Branch[] | undefined =>
    agentIn(
      stateAfter(
        one,
        ...running,
        ...reports.map((branches) => given.runObserved('a', { branches })),
      ),
      'a',
    ).attempts[0]?.branches;

  it('keep their pull request if an older record lacks it', () => {
    const whole = { repoUrl, branch: 'cursor/x', prUrl: 'https://github.com/acme/shop/pull/1' };
    expect(reported([whole], [{ repoUrl, branch: 'cursor/x' }], [{ repoUrl }], [])).toEqual([
      whole,
    ]);
  });

  it('of one repository stay if a report names another one', () => {
    const other = { repoUrl: 'https://github.com/acme/docs', branch: 'cursor/y' };
    expect(reported([{ repoUrl, branch: 'cursor/x' }], [other])).toEqual([
      { repoUrl, branch: 'cursor/x' },
      other,
    ]);
  });

  it('are replaced by newer ones of the same repository', () => {
    expect(reported([{ repoUrl, branch: 'cursor/x' }], [{ repoUrl, branch: 'cursor/y' }])).toEqual([
      { repoUrl, branch: 'cursor/y' },
    ]);
  });
});

describe('a retry', () => {
  const failed = [...given.failedLifecycle('a'), skipped('b'), skipped('c')];

  it('reopens the session and the agents that were skipped because of the agent', () => {
    const state = stateAfter(
      chain,
      ...failed,
      { type: 'SessionEnded', outcome: 'failed' },
      given.retry('a'),
    );
    expect(state.phase).toEqual({ kind: 'active' });
    expect(state.agents.map(({ phase }) => phase.kind)).toEqual(['waiting', 'waiting', 'waiting']);
  });

  it('of a completed agent changes nothing', () => {
    const state = stateAfter(one, ...given.completeLifecycle('a'));
    expect(stateAfter(one, ...given.completeLifecycle('a'), given.retry('a'))).toEqual(state);
  });

  it('withdraws a cancellation of the session', () => {
    const state = stateAfter(
      chain,
      ...given.failedLifecycle('a'),
      given.cancel(),
      given.retry('a'),
    );
    expect(state.isCancelRequested).toBe(false);
  });
});

describe('a cancellation', () => {
  it('of the session applies to every unsettled agent, and ends a hold', () => {
    const state = stateAfter(
      chain,
      ...running,
      { type: 'SessionHeld', reason: 'asked-on-launch' },
      given.cancel(),
    );
    expect(state.phase).toEqual({ kind: 'active' });
    expect(state.agents.map(({ cancel }) => cancel?.unconfirmed)).toEqual([null, null, null]);
  });

  it('stays in effect after a late fact from Cursor: agents that it reopens are cancelled too', () => {
    const state = stateAfter(
      chain,
      ...running,
      given.runEnded('a', { outcome: 'silent' }),
      given.settled('a', 'failed'),
      skipped('b'),
      given.cancel(),
      given.runObserved('a'),
    );
    expect(state.isCancelRequested).toBe(true);
    expect(agentIn(state, 'a')).toMatchObject({
      phase: { kind: 'running' },
      cancel: { unconfirmed: null },
    });
    expect(agentIn(state, 'b')).toMatchObject({
      phase: { kind: 'waiting' },
      cancel: { unconfirmed: null },
    });
  });

  it('that was not confirmed can be requested again', () => {
    const unconfirmed = {
      type: 'CancelUnconfirmed',
      agentId: agentId('a'),
      attempt: 1,
      failure: given.failure('cancel_unconfirmed'),
    } as const;
    const state = stateAfter(one, ...running, given.cancel(), unconfirmed);
    expect(agentIn(state, 'a').cancel?.unconfirmed?.code).toBe('cancel_unconfirmed');
    const again = stateAfter(one, ...running, given.cancel(), unconfirmed, given.cancel('a'));
    expect(agentIn(again, 'a').cancel?.unconfirmed).toBe(null);
  });

  it('stays in effect while a hand-off is repaired', () => {
    const repair: LifecycleEvent = {
      ...given.message('a'),
      purpose: 'handoff-repair',
    } as LifecycleEvent;
    const state = stateAfter(one, ...running, given.cancel(), given.runEnded('a'), repair);
    expect(agentIn(state, 'a')).toMatchObject({
      phase: { kind: 'following-up' },
      cancel: { unconfirmed: null },
    });
  });
});

describe('a message', () => {
  it('is not accepted while the agent is running', () => {
    expect(stateAfter(one, ...running, given.message('a'))).toEqual(stateAfter(one, ...running));
  });

  it('is not accepted before the hand-offs are stored', () => {
    const ended = [...running, given.runEnded('a')];
    expect(stateAfter(one, ...ended, given.message('a'))).toEqual(stateAfter(one, ...ended));
  });

  it('to a completed agent does not reopen agents that were skipped because of another one', () => {
    const join = given.sessionStarted(
      sampleWorkflow({ agents: ['a', 'b', 'c'], connections: ['a->c', 'b->c'] }),
    );
    const history = [...given.completeLifecycle('a'), ...given.failedLifecycle('b'), skipped('c')];
    const state = stateAfter(join, ...history, given.message('a'));
    expect(agentIn(state, 'c')).toEqual(agentIn(stateAfter(join, ...history), 'c'));
  });

  it('replaces an earlier run that was flagged: a late fact about that run changes nothing', () => {
    const flagged = given.runEnded('a', { turnId: given.runId('run-m1'), outcome: 'silent' });
    const history = [
      ...given.completeLifecycle('a'),
      given.message('a', 'f_1'),
      given.followUpSent('a', 'run-m1', 'f_1'),
      flagged,
      given.settled('a', 'completed'),
      given.message('a', 'f_2'),
      given.followUpSent('a', 'run-m2', 'f_2'),
    ];
    const late = given.runObserved('a', { turnId: given.runId('run-m1') });
    expect(stateAfter(one, ...history, late)).toEqual(stateAfter(one, ...history));
  });

  it('makes artifacts and usage pending again once it is sent', () => {
    const sent = [given.message('a'), given.followUpSent('a', 'run-message')];
    const state = stateAfter(one, ...given.completeLifecycle('a'), ...sent);
    expect(agentIn(state, 'a').attempts[0]).toMatchObject({
      artifacts: { state: 'pending' },
      turns: [{}, { usage: null }],
    });
    expect(agentIn(state, 'a').attempts[0]?.turns.map(({ purpose }) => purpose)).toEqual([
      'initial',
      'message',
    ]);
  });
});

describe('known facts about an attempt', () => {
  const about = { agentId: agentId('a'), attempt: 1 };

  it('keep fetched artifacts if a later report has none', () => {
    const file = { path: 'artifacts/x.md', file: 'x.md', sizeBytes: 1 };
    const state = stateAfter(
      one,
      ...running,
      { type: 'ArtifactsReported', ...about, state: 'complete', artifacts: [file] },
      { type: 'ArtifactsReported', ...about, state: 'unavailable', artifacts: [] },
    );
    expect(agentIn(state, 'a').attempts[0]?.artifacts).toMatchObject({
      state: 'complete',
      files: [file],
    });
  });

  it('keep known usage if a later report contains less', () => {
    const usage = {
      inputTokens: 1,
      outputTokens: 1,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      totalTokens: 2,
    };
    const state = stateAfter(
      one,
      ...running,
      { type: 'UsageReported', ...about, state: 'known', usage, chargedCents: 3 },
      { type: 'UsageReported', ...about, state: 'unavailable' },
      { type: 'UsageReported', ...about, state: 'known', usage },
    );
    expect(agentIn(state, 'a').attempts[0]?.turns[0]?.usage).toEqual({
      state: 'known',
      usage,
      chargedCents: 3,
    });
  });

  it('keep one hand-off per connection, from the newest attempt', () => {
    const handoff = (attempt: number, connection = 'a->b'): LifecycleEvent => ({
      type: 'HandoffStored',
      round: 1,
      ...about,
      attempt,
      connectionId: connectionId(connection),
      targetAgentId: agentId('b'),
      format: 'summary',
      content: 'Done.',
      outputFiles: [],
      branches: [],
    });
    const state = stateAfter(chain, handoff(2), handoff(1), handoff(1, 'nowhere'));
    expect(state.handoffs.map(({ attempt }) => attempt)).toEqual([2]);
  });
});

describe('the end of a session', () => {
  it('does not come before all agents have settled', () => {
    const ended = { type: 'SessionEnded', outcome: 'finished' } as const;
    expect(stateAfter(one, ...running, ended).phase.kind).toBe('active');
  });

  it('allows it to be dismissed and restored without any other change', () => {
    const state = stateAfter(one, ...given.completeLifecycle('a'));
    const restored = stateAfter(
      one,
      ...given.completeLifecycle('a'),
      { type: 'SessionDismissed' },
      { type: 'SessionRestored' },
    );
    expect(restored).toEqual(state);
  });
});

describe('a dismissed session', () => {
  it('is shown again as soon as it continues', () => {
    const over = [
      ...running,
      given.runEnded('a', { outcome: 'error' }),
      given.settled('a', 'failed'),
      { type: 'SessionEnded', outcome: 'failed' },
      { type: 'SessionDismissed' },
    ] as const;
    expect(stateAfter(one, ...over).isDismissed).toBe(true);
    const retried = stateAfter(one, ...over, {
      type: 'RetryRequested',
      round: 1,
      agentId: agentId('a'),
    });
    expect(retried).toMatchObject({ isDismissed: false, phase: { kind: 'active' } });
  });
});

describe('an end that only the stream announced', () => {
  const about = { agentId: agentId('a'), attempt: 1, turnId: given.runId('run-a-1') };
  const announced = [...running, given.runEnded('a', { isUnconfirmed: true })];
  const settledOnIt = [...announced, given.settled('a', 'completed')];
  const checked = (
    status: 'FINISHED' | 'ERROR' | 'CANCELLED' | 'EXPIRED' | 'RUNNING',
  ): LifecycleEvent => ({ type: 'EndChecked', ...about, status, branches: [] });
  const checkIn = (...events: LifecycleEvent[]) =>
    agentIn(stateAfter(chain, ...events), 'a').attempts[0]?.turns[0]?.ended?.check;

  it('is checked against the record, which confirms it, contradicts it, or says neither', () => {
    expect(checkIn(...announced)).toBe('open');
    expect(checkIn(...announced, checked('FINISHED'))).toBe('confirmed');
    expect(checkIn(...announced, checked('RUNNING'))).toBe('unanswered');
    expect(checkIn(...announced, checked('RUNNING'), checked('ERROR'))).toBe('contradicted');
    expect(checkIn(...running, given.runEnded('a'), checked('ERROR'))).toBeNull();
  });

  it.each(['ERROR', 'CANCELLED', 'EXPIRED'] as const)(
    'that the record contradicts with %s fails its agent, stops what has not started, and nothing that runs',
    (status) => {
      const b = [given.launchIntended('b'), given.launched('b')];
      const before = stateAfter(chain, ...settledOnIt, ...b);
      const after = stateAfter(chain, ...settledOnIt, ...b, checked(status));
      expect(agentIn(after, 'a').phase).toMatchObject({
        outcome: 'failed',
        cause: { code: 'end_contradicted' },
      });
      expect(agentIn(after, 'b')).toEqual(agentIn(before, 'b'));
      const asked = decide(after).map((effect) =>
        effect.kind === 'record' && effect.event.type === 'AgentSettled'
          ? `${effect.event.agentId} ${effect.event.outcome}`
          : effect.kind,
      );
      expect(asked).toContain('c skipped');
      expect(asked).toContain('follow');
      expect(asked).not.toContain('cancel-run');
    },
  );

  it('that is contradicted while the hand-off is created fails its agent too', () => {
    const late = stateAfter(chain, ...announced, checked('ERROR'), given.settled('a', 'completed'));
    expect(agentIn(late, 'a').phase).toMatchObject({
      outcome: 'failed',
      cause: { code: 'end_contradicted' },
    });
  });

  it('that is contradicted after the end of the session makes it end again, as failed', () => {
    const over = [...settledOnIt, { type: 'SessionEnded', outcome: 'finished' }] as const;
    const streamRead = { type: 'StreamEnded', ...about, complete: false } as const;
    const artifacts: LifecycleEvent = {
      type: 'ArtifactsReported',
      agentId: agentId('a'),
      attempt: 1,
      state: 'none',
      artifacts: [],
    };
    const state = stateAfter(one, ...over, streamRead, artifacts, checked('ERROR'));
    expect(decide(state)).toContainEqual({
      kind: 'record',
      event: { type: 'SessionEnded', outcome: 'failed' },
    });
  });
});

describe('the usage of runs', () => {
  const usage = (totalTokens: number) => ({
    inputTokens: totalTokens,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens,
  });
  const reported = (turn: string | null, totalTokens: number): LifecycleEvent => ({
    type: 'UsageReported',
    agentId: agentId('a'),
    attempt: 1,
    ...(turn === null ? {} : { turnId: given.runId(turn) }),
    state: 'known',
    usage: usage(totalTokens),
  });
  const message = [
    ...running,
    given.runEnded('a'),
    reported(null, 100),
    given.settled('a', 'completed'),
    {
      type: 'FollowUpIntended',
      round: 1,
      agentId: agentId('a'),
      attempt: 1,
      followUpId: given.followUpId('f'),
      purpose: 'message',
      prompt: 'More.',
    },
    {
      type: 'FollowUpSent',
      agentId: agentId('a'),
      attempt: 1,
      followUpId: given.followUpId('f'),
      turnId: given.runId('run-2'),
    },
  ] as const;
  const totals = (...events: LifecycleEvent[]) =>
    agentIn(stateAfter(one, ...message, ...events), 'a').attempts[0]?.turns.map(
      (turn) => turn.usage?.usage?.totalTokens,
    );

  it('stays with its run after a follow-up, and an older report belongs to the newest run of its time', () => {
    expect(totals()).toEqual([100, undefined]);
    expect(totals(reported('run-2', 20))).toEqual([100, 20]);
    expect(totals(reported('run-a-1', 150), reported('run-2', 20))).toEqual([150, 20]);
  });
});

describe('a clock that is set back', () => {
  it('does not make anything end before it began', () => {
    const hour = 3_600_000;
    const steps: [LifecycleEvent, number][] = [
      [one, 5 * hour],
      [given.launchIntended('a'), 5 * hour],
      [given.launched('a'), 5 * hour],
      [given.runEnded('a'), 2 * hour],
      [given.settled('a', 'completed'), 2 * hour],
      [{ type: 'SessionEnded', outcome: 'finished' }, hour],
    ];
    const state = steps.reduce<SessionState | undefined>(
      (before, [event, at]) => evolve(before, event, { at, sessionId: given.sessionId }),
      undefined,
    );
    expect(state?.phase).toMatchObject({ kind: 'ended', at: 5 * hour });
    expect(state?.agents[0]?.phase).toMatchObject({ kind: 'settled', at: 5 * hour });
    expect(state?.agents[0]?.attempts[0]?.turns[0]?.ended?.at).toBe(5 * hour);
  });

  it('does not make an agent begin before its session', () => {
    const begun = evolve(undefined, one, { at: 9_000, sessionId: given.sessionId });
    const state = evolve(begun, given.launchIntended('a'), { at: 10, sessionId: given.sessionId });
    expect(state?.agents[0]?.attempts[0]?.intendedAt).toBe(9_000);
  });
});
