import type { LifecycleEvent, SessionEventOf } from './events.ts';
import { evolveAttempt } from './evolve-attempt.ts';
import { latestAttempt } from './select.ts';
import type { AgentPhase, AgentState, Attempt } from './state.ts';

/** Lifecycle events that speak about one agent. */
export type AgentEvent = Extract<LifecycleEvent, { agentId?: unknown }>;

/** Folds an event into the agent that it speaks about. The same agent comes back when nothing changes. */
export function evolveAgent(agent: AgentState, event: AgentEvent, at: number): AgentState {
  switch (event.type) {
    case 'LaunchIntended':
      return intendLaunch(agent, event, at);
    case 'LaunchDeferred':
      return deferLaunch(agent, event, at);
    case 'LaunchUncertain':
      return whileLaunching(agent, event.attempt, at, { uncertain: event.failure, deferred: null });
    case 'LaunchRejected':
      return whileLaunching(agent, event.attempt, at, { rejected: event.failure, uncertain: null });
    case 'Launched':
      return launch(agent, event, at);
    case 'FollowUpIntended':
      return intendFollowUp(agent, event, at);
    case 'FollowUpSent':
      return sendFollowUp(agent, event, at);
    case 'FollowUpRejected':
      return agent.phase.kind === 'following-up' && agent.phase.followUpId === event.followUpId
        ? { ...agent, phase: { ...agent.phase, rejected: event.failure }, changedAt: at }
        : agent;
    case 'AgentSettled':
      return settle(agent, event, at);
    case 'CancelRequested':
      return agent.phase.kind === 'settled' || agent.cancel?.unconfirmed === null
        ? agent
        : { ...agent, cancel: { at, unconfirmed: null }, changedAt: at };
    case 'CancelUnconfirmed':
      return agent.cancel === null || agent.cancel.unconfirmed !== null
        ? agent
        : { ...agent, cancel: { ...agent.cancel, unconfirmed: event.failure }, changedAt: at };
    case 'RetryRequested':
      return agent.phase.kind === 'settled' && agent.phase.outcome !== 'completed'
        ? { ...agent, phase: { kind: 'waiting', deferred: null }, cancel: null, changedAt: at }
        : agent;
    case 'HandoffStored':
      return agent;
    default:
      return withAttempt(agent, event.attempt, at, (attempt) => evolveAttempt(attempt, event, at));
  }
}

function intendLaunch(
  agent: AgentState,
  event: SessionEventOf<'LaunchIntended'>,
  at: number,
): AgentState {
  if (agent.phase.kind !== 'waiting' || event.attempt !== agent.attempts.length + 1) return agent;
  const attempt: Attempt = {
    number: event.attempt,
    cursorAgentId: event.cursorAgentId,
    agentUrl: null,
    model: event.model ?? null,
    requestHash: event.requestHash,
    repositories: event.repositories,
    intendedAt: at,
    launchedAt: null,
    runs: [],
    branches: [],
    baseCommits: null,
    connection: { kind: 'unknown', reason: null, failure: null, at },
    artifacts: { state: 'pending', files: [], failure: null },
    usage: null,
  };
  return {
    ...agent,
    phase: { kind: 'launching', deferred: null, uncertain: null, rejected: null },
    attempts: [...agent.attempts, attempt],
    changedAt: at,
  };
}

/** A launch waits: before its intent, between two tries of the same intent, or before a new attempt. */
function deferLaunch(
  agent: AgentState,
  event: SessionEventOf<'LaunchDeferred'>,
  at: number,
): AgentState {
  const deferred = {
    reason: event.reason,
    ...(event.until === undefined ? {} : { until: event.until }),
    ...(event.failure === undefined ? {} : { failure: event.failure }),
  };
  if (agent.phase.kind === 'launching' && event.attempt === agent.attempts.length) {
    return agent.phase.rejected === null
      ? { ...agent, phase: { ...agent.phase, deferred, uncertain: null }, changedAt: at }
      : agent;
  }
  const isNext = event.attempt === agent.attempts.length + 1;
  if (!isNext || agent.phase.kind === 'settled' || agent.phase.kind === 'following-up')
    return agent;
  return { ...agent, phase: { kind: 'waiting', deferred }, changedAt: at };
}

function whileLaunching(
  agent: AgentState,
  attempt: number,
  at: number,
  change: Partial<Omit<Extract<AgentPhase, { kind: 'launching' }>, 'kind'>>,
): AgentState {
  if (agent.phase.kind !== 'launching' || attempt !== agent.attempts.length) return agent;
  if (agent.phase.rejected !== null) return agent;
  return { ...agent, phase: { ...agent.phase, ...change }, changedAt: at };
}

function launch(agent: AgentState, event: SessionEventOf<'Launched'>, at: number): AgentState {
  if (agent.phase.kind !== 'launching' || event.attempt !== agent.attempts.length) return agent;
  const launched = withAttempt(agent, event.attempt, at, (attempt) => ({
    ...attempt,
    cursorAgentId: event.cursorAgentId,
    agentUrl: event.agentUrl ?? null,
    launchedAt: at,
    connection: { kind: 'reconnecting', reason: null, failure: null, at },
    runs: [
      {
        id: event.cursorRunId,
        purpose: 'initial',
        status: 'CREATING',
        stream: 'open',
        startedAt: at,
        ended: null,
      },
    ],
  }));
  return { ...launched, phase: { kind: 'running' }, changedAt: at };
}

function intendFollowUp(
  agent: AgentState,
  event: SessionEventOf<'FollowUpIntended'>,
  at: number,
): AgentState {
  const isIdle = agent.phase.kind === 'running' || agent.phase.kind === 'settled';
  if (!isIdle || event.attempt !== agent.attempts.length) return agent;
  const phase = {
    kind: 'following-up',
    followUpId: event.followUpId,
    purpose: event.purpose,
    rejected: null,
  } as const;
  return { ...agent, phase, cancel: null, changedAt: at };
}

function sendFollowUp(
  agent: AgentState,
  event: SessionEventOf<'FollowUpSent'>,
  at: number,
): AgentState {
  const phase = agent.phase;
  if (phase.kind !== 'following-up' || phase.followUpId !== event.followUpId) return agent;
  const sent = withAttempt(agent, event.attempt, at, (attempt) => ({
    ...attempt,
    artifacts: { ...attempt.artifacts, state: 'pending' },
    usage: null,
    runs: [
      ...attempt.runs,
      {
        id: event.cursorRunId,
        purpose: phase.purpose,
        status: 'CREATING',
        stream: 'open',
        startedAt: at,
        ended: null,
      },
    ],
  }));
  return { ...sent, phase: { kind: 'running' }, changedAt: at };
}

function settle(agent: AgentState, event: SessionEventOf<'AgentSettled'>, at: number): AgentState {
  if (agent.phase.kind === 'settled') return agent;
  const phase = {
    kind: 'settled',
    outcome: event.outcome,
    cause: event.cause ?? null,
    at,
  } as const;
  return { ...agent, phase, changedAt: at };
}

/**
 * Changes one attempt. A late word from Cursor about the newest attempt of a settled agent (it was flagged, and
 * it turns out that it runs or has ended after all) brings the agent back to `running`, where `decide` sees it.
 */
function withAttempt(
  agent: AgentState,
  number: number,
  at: number,
  change: (attempt: Attempt) => Attempt,
): AgentState {
  const before = agent.attempts.find((attempt) => attempt.number === number);
  if (before === undefined) return agent;
  const after = change(before);
  if (after === before) return agent;
  const attempts = agent.attempts.map((attempt) => (attempt === before ? after : attempt));
  const isCorrection =
    agent.phase.kind === 'settled' &&
    before === latestAttempt(agent) &&
    isFlagged(before) &&
    !isFlagged(after);
  return isCorrection
    ? { ...agent, attempts, phase: { kind: 'running' }, changedAt: at }
    : { ...agent, attempts, changedAt: at };
}

/** Ended by our own conclusion (silence, or Cursor not knowing it), which a later fact may correct. */
export function isFlagged(attempt: Attempt): boolean {
  const outcome = attempt.runs.at(-1)?.ended?.outcome;
  return outcome === 'silent' || outcome === 'gone';
}
