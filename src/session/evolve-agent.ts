import { canCancel, canFollowUp, canRetry } from './allowed.ts';
import { contradictedEnd, contradictionOf } from './contradiction.ts';
import type { EnhanceEvent } from './enhance/enhance-events.ts';
import type { LifecycleEvent, SessionEventOf } from './events.ts';
import { evolveAttempt } from './evolve-attempt.ts';
import type { FlowEvent } from './flow/flow-events.ts';
import { isContradicted, isGivenUp, isLive, latestAttempt, latestTurn } from './select.ts';
import type { AgentPhase, AgentState, Attempt, FollowUpPurpose } from './state.ts';

/** Lifecycle events that speak about one agent. */
export type AgentEvent = Exclude<
  Extract<LifecycleEvent, { agentId?: unknown }>,
  FlowEvent | EnhanceEvent | { type: 'HandoffStored' }
>;

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
      return canCancel(agent) && agent.cancel?.unconfirmed !== null
        ? { ...agent, cancel: { at, unconfirmed: null }, changedAt: at }
        : agent;
    case 'CancelUnconfirmed':
      return failCancel(agent, event, at);
    case 'RetryRequested':
      return canRetry(agent) && event.round === agent.round
        ? { ...agent, phase: { kind: 'waiting', deferred: null }, cancel: null, changedAt: at }
        : agent;
    case 'ThreadReplaced':
      return replaceThread(agent, event, at);
    case 'EndChecked':
      return checkEnd(agent, event, at);
    default:
      return withAttempt(agent, event.attempt, at, (attempt) => evolveAttempt(attempt, event, at));
  }
}

function intendLaunch(
  agent: AgentState,
  event: SessionEventOf<'LaunchIntended'>,
  at: number,
): AgentState {
  const isNext = event.attempt === agent.attempts.length + 1 && event.round === agent.round;
  if (agent.phase.kind !== 'waiting' || !isNext) return agent;
  const attempt: Attempt = {
    number: event.attempt,
    round: event.round,
    runtime: event.runtime,
    ...(event.provider === undefined ? {} : { provider: event.provider }),
    account: event.account,
    threadId: event.threadId,
    model: event.model ?? null,
    ...optionsOf(event),
    requestHash: event.requestHash,
    repositories: event.repositories,
    intendedAt: at,
    launchedAt: null,
    turns: [],
    ...inheritedBy(agent, event),
    baseCommits: null,
    connection: { kind: 'unknown', reason: null, failure: null, at },
    artifacts: { state: 'pending', files: [], failure: null },
  };
  return {
    ...agent,
    phase: { kind: 'launching', deferred: null, uncertain: null, rejected: null },
    attempts: [...agent.attempts, attempt],
    changedAt: at,
  };
}

/** A round in the thread of an earlier attempt goes on with what that one had. */
function inheritedBy(
  agent: AgentState,
  { continues }: SessionEventOf<'LaunchIntended'>,
): Pick<Attempt, 'agentUrl' | 'branches' | 'continues'> {
  const before = agent.attempts.find(({ number }) => number === continues?.attempt);
  if (continues === undefined || before === undefined) return { agentUrl: null, branches: [] };
  return { agentUrl: before.agentUrl, branches: before.branches, continues };
}

function replaceThread(
  agent: AgentState,
  event: SessionEventOf<'ThreadReplaced'>,
  at: number,
): AgentState {
  const isOpen = agent.phase.kind === 'launching' && agent.phase.rejected === null;
  if (!isOpen || event.attempt !== agent.attempts.length) return agent;
  if (latestAttempt(agent)?.continues === undefined) return agent;
  const { threadId, requestHash, repositories, failure: replaced } = event;
  const fresh = withLatestAttempt(agent, ({ continues: _, ...attempt }) => ({
    ...attempt,
    ...{ threadId, requestHash, repositories, replaced },
    agentUrl: null,
    branches: [],
  }));
  const phase = { kind: 'launching', deferred: null, uncertain: null, rejected: null } as const;
  return { ...fresh, phase, changedAt: at };
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
  const isNext = event.attempt === agent.attempts.length + 1 && event.round === agent.round;
  const isOver = agent.phase.kind === 'running' && !isLive(agent);
  if (!isNext || !(agent.phase.kind === 'waiting' || isOver)) return agent;
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
  const isOpen = agent.phase.kind === 'launching' || isUnanswered(agent);
  if (!isOpen || event.attempt !== agent.attempts.length) return agent;
  const launched = withLatestAttempt(agent, (attempt) => ({
    ...attempt,
    threadId: event.threadId,
    agentUrl: event.agentUrl ?? attempt.agentUrl,
    launchedAt: at,
    connection: { kind: 'reconnecting', reason: null, failure: null, at },
    turns: [
      {
        id: event.turnId,
        purpose: 'initial',
        status: 'CREATING',
        stream: 'open',
        startedAt: at,
        ended: null,
        usage: null,
      },
    ],
  }));
  return { ...launched, phase: { kind: 'running' }, changedAt: at };
}

function optionsOf({
  modelParameters,
  mode,
}: SessionEventOf<'LaunchIntended' | 'FollowUpIntended'>): Pick<
  Attempt,
  'modelParameters' | 'mode'
> {
  return {
    ...(modelParameters === undefined ? {} : { modelParameters }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** Its launch was given up after a day without an answer: finding it later is no repetition but news. */
function isUnanswered(agent: AgentState): boolean {
  const isGivenUp = agent.phase.kind === 'settled' && agent.phase.cause?.code === 'silent_24h';
  return isGivenUp && latestAttempt(agent)?.launchedAt === null;
}

function intendFollowUp(
  agent: AgentState,
  event: SessionEventOf<'FollowUpIntended'>,
  at: number,
): AgentState {
  // A repair or a resumption belongs to work in progress. A message waits for its end: sent into it, it would take its place.
  const isDue = isDueFor(agent, event.purpose);
  const turn = latestTurn(latestAttempt(agent));
  if (!isDue || event.attempt !== agent.attempts.length || !turn?.ended) return agent;
  const phase = {
    kind: 'following-up',
    followUpId: event.followUpId,
    purpose: event.purpose,
    rejected: null,
    options: { ...(event.model === undefined ? {} : { model: event.model }), ...optionsOf(event) },
  } as const;
  // A new message is a new wish; what we send ourselves is no reason to forget that the agent is to be cancelled.
  const isAskedFor = event.purpose === 'message' || event.purpose === 'changes';
  const cancel = isAskedFor ? null : agent.cancel;
  return { ...agent, phase, cancel, changedAt: at };
}

function sendFollowUp(
  agent: AgentState,
  event: SessionEventOf<'FollowUpSent'>,
  at: number,
): AgentState {
  const phase = agent.phase;
  if (phase.kind !== 'following-up' || phase.followUpId !== event.followUpId) return agent;
  if (event.attempt !== agent.attempts.length) return agent;
  const sent = withLatestAttempt(agent, ({ modelParameters, ...attempt }) => ({
    ...attempt,
    // Parameters belong to their model: another model without any has none.
    ...(modelParameters === undefined || phase.options?.model !== undefined
      ? {}
      : { modelParameters }),
    ...phase.options,
    connection: { kind: 'reconnecting', reason: null, failure: null, at },
    artifacts: { ...attempt.artifacts, state: 'pending' },
    turns: [
      ...attempt.turns,
      {
        id: event.turnId,
        purpose: phase.purpose,
        status: 'CREATING',
        stream: 'open',
        startedAt: at,
        ended: null,
        usage: null,
      },
    ],
  }));
  return { ...sent, phase: { kind: 'running' }, changedAt: at };
}

function isDueFor(agent: AgentState, purpose: FollowUpPurpose): boolean {
  const { phase } = agent;
  if (purpose === 'message') return canFollowUp(agent);
  // Changes are asked for at a gate: to a plan, while the agent waits, or to what it hands on.
  const isAtGate = phase.kind === 'settled' && phase.outcome === 'completed';
  return phase.kind === 'running' || (purpose === 'changes' && isAtGate);
}

function settle(agent: AgentState, event: SessionEventOf<'AgentSettled'>, at: number): AgentState {
  // What lives, or may live, in the cloud is never called settled, and a fact about an older attempt comes too late.
  const isOfOlder = event.attempt !== undefined && event.attempt !== agent.attempts.length;
  const isStale = isOfOlder || event.round !== agent.round;
  if (agent.phase.kind === 'settled' || isLive(agent) || isStale) return agent;
  // The record can take the end back while the hand-off is being made.
  const isTakenBack = event.outcome === 'completed' && isContradicted(agent);
  const phase = {
    kind: 'settled',
    outcome: isTakenBack ? 'failed' : event.outcome,
    cause: isTakenBack ? contradictedEnd : (event.cause ?? null),
    // A clock that was set back meanwhile must not let an agent end before it began.
    at: Math.max(at, latestAttempt(agent)?.intendedAt ?? at),
  } as const;
  const settled =
    event.outcome === 'completed'
      ? withLatestAttempt(agent, (attempt) => ({ ...attempt, isDelivered: true }))
      : agent;
  return { ...settled, phase, changedAt: at };
}

/** Where the record contradicts an end that its agent was settled on, the agent has failed after all. */
function checkEnd(agent: AgentState, event: SessionEventOf<'EndChecked'>, at: number): AgentState {
  const checked = withAttempt(agent, event.attempt, at, (attempt) =>
    evolveAttempt(attempt, event, at),
  );
  const isCompleted = checked.phase.kind === 'settled' && checked.phase.outcome === 'completed';
  if (!isCompleted || !isContradicted(checked)) return checked;
  const phase = { kind: 'settled', outcome: 'failed', cause: contradictionOf(event), at } as const;
  return { ...checked, phase };
}

function failCancel(
  agent: AgentState,
  event: SessionEventOf<'CancelUnconfirmed'>,
  at: number,
): AgentState {
  const { cancel, phase } = agent;
  if (cancel === null || cancel.unconfirmed !== null) return agent;
  if (phase.kind === 'settled' || event.attempt !== agent.attempts.length) return agent;
  return { ...agent, cancel: { ...cancel, unconfirmed: event.failure }, changedAt: at };
}

function withLatestAttempt(agent: AgentState, change: (attempt: Attempt) => Attempt): AgentState {
  const latest = latestAttempt(agent);
  const attempts = agent.attempts.map((attempt) =>
    attempt === latest ? change(attempt) : attempt,
  );
  return { ...agent, attempts };
}

/**
 * Changes one attempt by what is learned about it. A late fact from Cursor about the newest run of an agent (it was given up, and it turns out
 * that it runs or has ended after all) brings the agent back to `running`, where `decide` sees it; a retry that has
 * not begun is then not needed. A run whose place was taken meanwhile, by a new attempt or a follow-up, stays over.
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
  const isCorrection = isFlagged(before) && !isFlagged(after);
  if (!isCorrection) return { ...agent, attempts, changedAt: at };
  const isReplaced =
    before !== latestAttempt(agent) ||
    before.round !== agent.round ||
    agent.phase.kind === 'following-up';
  return isReplaced ? agent : { ...agent, attempts, phase: { kind: 'running' }, changedAt: at };
}

/** Ended by our own conclusion (silence, or Cursor not knowing it), which a later fact may correct. */
export function isFlagged(attempt: Attempt): boolean {
  return isGivenUp(latestTurn(attempt));
}
