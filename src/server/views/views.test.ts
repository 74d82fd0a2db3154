import { expect, test } from 'vitest';
import { sessionIdOf, sessionStarted } from '../../../testing/server.ts';
import { sessionViewSchema } from '../../contract/session-views.ts';
import type { LifecycleEvent } from '../../session/events.ts';
import { evolve } from '../../session/evolve.ts';
import type { FollowUpId, ThreadId, TurnId } from '../../session/ids.ts';
import type { SessionState } from '../../session/state.ts';
import { agentId } from '../../workflow/ids.ts';
import { withShortResult } from './agent-view.ts';
import { eventView } from './event-view.ts';
import { sessionDetail } from './session-detail.ts';
import { sessionView } from './session-view.ts';

const start = Date.parse('2026-05-18T12:00:00Z');
const sessionId = sessionIdOf('a');
const plan = { agentId: agentId('plan'), attempt: 1 } as const;
const threadId = 'bc-1' as ThreadId;
const turnId = 'run-1' as TurnId;

const intended: LifecycleEvent = {
  type: 'LaunchIntended',
  round: 1,
  runtime: 'cursor-cloud',
  account: null,
  ...plan,
  threadId,
  requestHash: 'h',
  prompt: 'Plan the shop.',
  repositories: [],
  autoCreatePr: false,
};
const launched: LifecycleEvent = {
  type: 'Launched',
  round: 1,
  ...plan,
  threadId,
  turnId,
  agentUrl: 'https://cursor.com/agents/bc-1',
  adopted: false,
};

/** The state after these events, one second apart. */
function stateAfter(...events: readonly LifecycleEvent[]): SessionState {
  return folded([
    sessionStarted({ backend: { kind: 'cursor', url: 'https://api.cursor.com' } }),
    ...events,
  ]);
}

function folded(events: readonly LifecycleEvent[]): SessionState {
  let state: SessionState | undefined;
  for (const [index, event] of events.entries()) {
    state = evolve(state, event, { at: start + index * 1000, sessionId });
  }
  if (state === undefined) throw new Error('Nothing was folded');
  return state;
}

const viewOf = (state: SessionState, lastHeartbeatAt: number | null = null) =>
  sessionView(state, { lastSeq: 7, lastHeartbeat: () => lastHeartbeatAt });

test('shortens the last message of an agent in lists, and includes its full length', () => {
  const [agent] = viewOf(stateAfter()).agents;
  if (agent === undefined) throw new Error('The sample has no agent.');
  const short = { ...agent, result: 'x'.repeat(500), resultLength: 500 };
  expect(withShortResult(short)).toBe(short);
  const long = { ...agent, result: `${'x'.repeat(499)}🍰 and more`, resultLength: 510 };
  expect(withShortResult(long)).toEqual({ ...long, result: 'x'.repeat(499) });
});

test('shows a new session with its agents by wave, with Cerevisor as the source of their status', () => {
  const view = viewOf(stateAfter());
  expect(view).toMatchObject({
    id: sessionId,
    status: 'running',
    resumable: true,
    waveCount: 2,
    lastSeq: 7,
    startedAt: '2026-05-18T12:00:00.000Z',
    endedAt: null,
    workflow: { id: 'shop', name: 'Shop', path: null },
  });
  expect(
    view.agents.map(({ id, wave, attempt, status, statusSource }) => [
      id,
      wave,
      attempt,
      status,
      statusSource,
    ]),
  ).toEqual([
    ['plan', 1, 0, 'waiting', 'Cerevisor'],
    ['build', 2, 0, 'waiting', 'Cerevisor'],
  ]);
});

test('shows a running agent with Cursor as the source, as of its last heartbeat', () => {
  const state = stateAfter(intended, launched, {
    type: 'ConnectionChanged',
    ...plan,
    connection: 'live',
  });
  const [agent] = viewOf(state, start + 60_000).agents;
  expect(agent).toMatchObject({
    status: 'running',
    statusSource: 'Cursor',
    statusAt: '2026-05-18T12:01:00.000Z',
    threadId: 'bc-1',
    turnId: 'run-1',
    agentUrl: 'https://cursor.com/agents/bc-1',
    canRetry: false,
    canFollowUp: false,
  });
});

test('shows the rehearsal cloud as the source in a rehearsal', () => {
  const running = folded([sessionStarted(), intended, launched]);
  expect(viewOf(running).agents[0]).toMatchObject({ statusSource: 'Rehearsal' });
});

test('never mentions Cursor in a session on the rehearsal cloud', () => {
  const failure = { code: 'x', message: 'Cursor said no.', suggestion: 'Look on Cursor.' };
  const viewAfter = (...events: readonly LifecycleEvent[]) =>
    viewOf(folded([sessionStarted(), intended, ...events]));
  const settled = { type: 'AgentSettled', round: 1, ...plan, outcome: 'failed' } as const;
  const views = [
    ...(['rate_limited', 'usage_limit', 'credentials', 'offline', 'retry'] as const).flatMap(
      (reason) => [
        viewAfter({ type: 'LaunchDeferred', round: 1, ...plan, reason }),
        viewAfter({ type: 'LaunchDeferred', round: 1, ...plan, reason, failure }),
      ],
    ),
    viewAfter({ type: 'LaunchUncertain', round: 1, ...plan, failure }),
    ...(['error', 'expired', 'gone', 'silent'] as const).flatMap((outcome) => {
      const ended: LifecycleEvent = {
        ...{ type: 'RunEnded', ...plan, turnId, outcome, source: 'record' },
        ...{ branches: [], whileAway: false },
      };
      return [
        viewAfter(launched, ended, settled),
        viewAfter(launched, { ...ended, failure }, { ...settled, cause: failure }),
      ];
    }),
    viewAfter(launched, {
      type: 'ConnectionChanged',
      ...plan,
      connection: 'reconnecting',
      reason: 'Cursor cannot be reached.',
      failure,
    }),
    ...(['asked-on-launch', 'account-changed', 'backend-changed'] as const).map((reason) =>
      viewAfter({ type: 'SessionHeld', reason }),
    ),
  ];
  for (const view of views) expect(JSON.stringify(view)).not.toMatch(/\bCursor\b/);
  expect(views.at(2)?.needsYou?.message).toBe(
    "The rehearsal cloud account's usage limit is reached.",
  );
});

test('shows why an agent is reconnecting, waiting or unknown', () => {
  const reconnecting = stateAfter(intended, launched, {
    type: 'ConnectionChanged',
    ...plan,
    connection: 'reconnecting',
    reason: 'The network is gone.',
  });
  expect(viewOf(reconnecting).agents[0]).toMatchObject({
    status: 'reconnecting',
    statusDetail: 'The network is gone.',
  });
  const deferred = stateAfter({
    type: 'LaunchDeferred',
    round: 1,
    ...plan,
    reason: 'rate_limited',
  });
  expect(viewOf(deferred).agents[0]?.statusDetail).toContain('wait');
  const uncertain = stateAfter(intended, {
    type: 'LaunchUncertain',
    round: 1,
    ...plan,
    failure: { code: 'unreachable', message: 'The answer was lost.' },
  });
  expect(viewOf(uncertain).agents[0]).toMatchObject({
    status: 'unknown',
    statusDetail: 'The answer was lost.',
  });
});

test('shows an agent that waits for a free slot as queued, with the limit', () => {
  const shared = '8 cloud agents are at work, which is the limit.';
  const deferred = { type: 'LaunchDeferred', round: 1, ...plan, reason: 'concurrency' } as const;
  const view = viewOf(
    stateAfter({ ...deferred, failure: { code: 'concurrency_limit', message: shared } }),
  );
  expect(view).toMatchObject({ status: 'running', isQueued: true });
  expect(view.agents.map(({ status, statusDetail }) => [status, statusDetail])).toEqual([
    ['queued', shared],
    ['waiting', null],
  ]);
  expect(viewOf(stateAfter(intended, launched)).isQueued).toBe(false);
});

test('reads a view of an older version without `isQueued` as not queued', () => {
  const { isQueued: _isQueued, ...older } = viewOf(stateAfter());
  expect(sessionViewSchema.parse(older).isQueued).toBe(false);
});

test('shows a failed agent with its reason, and the agents that were skipped because of it', () => {
  const failure = { code: 'run_failed', message: 'It broke.', suggestion: 'Try again.' };
  const state = stateAfter(
    intended,
    launched,
    {
      type: 'RunEnded',
      ...plan,
      turnId,
      outcome: 'error',
      branches: [],
      failure,
      source: 'record',
      whileAway: false,
    },
    { type: 'AgentSettled', round: 1, ...plan, outcome: 'failed', cause: failure },
    {
      type: 'AgentSettled',
      round: 1,
      agentId: agentId('build'),
      outcome: 'skipped',
      cause: { code: 'upstream_failed', message: 'Planner failed.', upstreamAgentId: plan.agentId },
    },
    { type: 'SessionEnded', outcome: 'failed' },
  );
  const view = viewOf(state);
  expect(view).toMatchObject({ status: 'failed', resumable: false });
  expect(view.endedAt).not.toBeNull();
  expect(view.agents[0]).toMatchObject({ status: 'failed', error: failure, canRetry: true });
  expect(view.agents[1]).toMatchObject({
    status: 'skipped',
    statusDetail: 'Skipped because of Planner.',
    error: { code: 'upstream_failed' },
  });
});

test('shows Cerevisor as the source of an end that Cursor did not confirm, and offers to reconnect', () => {
  const state = stateAfter(
    intended,
    launched,
    {
      type: 'RunEnded',
      ...plan,
      turnId,
      outcome: 'silent',
      branches: [],
      source: 'none',
      whileAway: true,
    },
    { type: 'AgentSettled', round: 1, ...plan, outcome: 'failed' },
    { type: 'AgentSettled', round: 1, agentId: agentId('build'), outcome: 'skipped' },
    { type: 'SessionEnded', outcome: 'failed' },
  );
  const view = viewOf(state);
  expect(view.resumable).toBe(true);
  expect(view.agents[0]?.statusSource).toBe('Cerevisor');
});

test('shows usage, branches, pull request and artifacts of the newest attempt', () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 15,
  };
  const branch = {
    repoUrl: 'github.com/acme/shop',
    branch: 'cursor/plan',
    prUrl: 'https://x/pull/1',
  };
  const state = stateAfter(
    intended,
    launched,
    {
      type: 'RunEnded',
      ...plan,
      turnId,
      outcome: 'finished',
      result: 'Done.',
      branches: [branch],
      source: 'stream',
      whileAway: false,
    },
    {
      type: 'ArtifactsReported',
      ...plan,
      state: 'complete',
      artifacts: [{ path: '/artifacts/a.md', file: 'a.md', sizeBytes: 3, sha256: 'x' }],
    },
    { type: 'UsageReported', ...plan, state: 'known', usage, chargedCents: 4 },
  );
  const [agent] = viewOf(state).agents;
  expect(agent).toMatchObject({
    result: 'Done.',
    prUrl: 'https://x/pull/1',
    branches: [branch],
    artifactsState: 'complete',
    artifacts: [{ path: '/artifacts/a.md', file: 'a.md', error: null }],
    usage: { state: 'known', totalTokens: 15, chargedCents: 4 },
  });
  const detail = sessionDetail(viewOf(state), state, { details: [], rounds: [] }, '/home/x');
  expect(detail).toMatchObject({ costUsd: 0, usage: { state: 'known', totalTokens: 15 } });
});

test('adds up the usage of all runs, which does not decrease during a follow-up', () => {
  const usage = {
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 15,
  };
  const followUpId = 'f_1' as FollowUpId;
  const ended: LifecycleEvent = {
    type: 'RunEnded',
    ...plan,
    turnId: 'run-1' as TurnId,
    outcome: 'finished',
    durationMs: 53_000,
    branches: [],
    source: 'record',
    whileAway: true,
  };
  const first: LifecycleEvent[] = [
    intended,
    launched,
    ended,
    { type: 'UsageReported', ...plan, state: 'known', usage, chargedCents: 4 },
    { type: 'AgentSettled', round: 1, ...plan, outcome: 'completed' },
  ];
  expect(viewOf(stateAfter(...first)).agents[0]).toMatchObject({
    durationMs: 53_000,
    usage: { totalTokens: 15 },
  });
  const followed: LifecycleEvent[] = [
    ...first,
    {
      type: 'FollowUpIntended',
      round: 1,
      ...plan,
      followUpId,
      purpose: 'message',
      prompt: 'More.',
    },
  ];
  const waiting: LifecycleEvent = {
    type: 'ConnectionChanged',
    ...plan,
    connection: 'reconnecting',
    reason: 'Cursor asked for a pause.',
  };
  expect(viewOf(stateAfter(...followed)).agents[0]?.statusDetail).toMatch(/being sent/);
  expect(viewOf(stateAfter(...followed, waiting)).agents[0]?.statusDetail).toMatch(
    /asked for a pause/,
  );
  const sent: LifecycleEvent[] = [
    ...followed,
    { type: 'FollowUpSent', ...plan, followUpId, turnId: 'run-2' as TurnId },
  ];
  const pending = { state: 'pending', totalTokens: 15, chargedCents: 4 };
  expect(viewOf(stateAfter(...sent)).agents[0]?.usage).toMatchObject(pending);
  const second: LifecycleEvent[] = [
    ...sent,
    {
      type: 'UsageReported',
      ...plan,
      turnId: 'run-2' as TurnId,
      state: 'known',
      usage,
    },
  ];
  expect(viewOf(stateAfter(...second)).agents[0]?.usage).toMatchObject({
    state: 'known',
    totalTokens: 30,
    chargedCents: 4,
  });
});

test('adds prompts and the latest hand-off of each connection to the detail', () => {
  const handoff = (content: string): LifecycleEvent => ({
    type: 'HandoffStored',
    round: 1,
    ...plan,
    connectionId: 'c1' as never,
    targetAgentId: agentId('build'),
    format: 'summary',
    content,
    outputFiles: [],
    branches: [],
  });
  const events = [intended, handoff('old'), handoff('new')].map((event, index) => ({
    position: index + 1,
    seq: index + 1,
    sessionId,
    at: start,
    event,
  }));
  const state = stateAfter();
  const detail = sessionDetail(viewOf(state), state, { details: events, rounds: [] }, '/home/x');
  expect(detail.prompts).toEqual([{ agentId: 'plan', attempt: 1, prompt: 'Plan the shop.' }]);
  expect(detail.handoffs.map(({ content }) => content)).toEqual(['new']);
});

test('adds the fields of an event to its envelope', () => {
  const event: LifecycleEvent = { type: 'CancelRequested' };
  expect(eventView({ position: 9, seq: 2, sessionId, at: start, event })).toEqual({
    position: 9,
    seq: 2,
    sessionId,
    at: '2026-05-18T12:00:00.000Z',
    agentId: null,
    type: 'CancelRequested',
  });
});

test('shows why the session has not ended while the transcript of a settled agent is incomplete', () => {
  const reason = 'Cursor asked for a pause until 2026-11-26 02:00 UTC (429).';
  const view = viewOf(
    stateAfter(
      intended,
      launched,
      {
        ...{ type: 'RunEnded', ...plan, turnId, outcome: 'finished', source: 'record' },
        ...{ branches: [], whileAway: false },
      },
      { type: 'AgentSettled', round: 1, ...plan, outcome: 'completed' },
      { type: 'AgentSettled', round: 1, agentId: agentId('build'), outcome: 'skipped' },
      { type: 'ConnectionChanged', ...plan, connection: 'reconnecting', reason },
    ),
  );
  expect(view.status).toBe('running');
  expect(view.statusDetail).toContain(reason);
  expect(view.agents[0]?.statusDetail).toContain(reason);
});
