import type { SessionEventOf } from '../events.ts';
import { awaitsResumption } from '../resumption.ts';
import { isLive, latestAttempt } from '../select.ts';
import type { AgentPhase, AgentState, Attempt } from '../state.ts';
import { newTurn, optionsOf, withLatestAttempt } from './change-attempt.ts';

/** Folds the launch of an attempt: its intent, its delays, and its first turn. */

export function intendLaunch(
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

/** A round in the thread of an earlier attempt starts with its page and branches. */
function inheritedBy(
  agent: AgentState,
  { continues }: SessionEventOf<'LaunchIntended'>,
): Pick<Attempt, 'agentUrl' | 'branches' | 'continues'> {
  const before = agent.attempts.find(({ number }) => number === continues?.attempt);
  if (continues === undefined || before === undefined) return { agentUrl: null, branches: [] };
  return { agentUrl: before.agentUrl, branches: before.branches, continues };
}

export function replaceThread(
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

/**
 * A launch is deferred before its intent, between two requests of one intent, or before a retry; the resumption of
 * interrupted work, before its intent.
 */
export function deferLaunch(
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
  if (awaitsResumption(agent) && event.attempt === agent.attempts.length)
    return { ...agent, phase: { kind: 'running', deferred }, changedAt: at };
  const isNext = event.attempt === agent.attempts.length + 1 && event.round === agent.round;
  const isOver = agent.phase.kind === 'running' && !isLive(agent);
  if (!isNext || !(agent.phase.kind === 'waiting' || isOver)) return agent;
  return { ...agent, phase: { kind: 'waiting', deferred }, changedAt: at };
}

export function updateLaunching(
  agent: AgentState,
  attempt: number,
  at: number,
  change: Partial<Omit<Extract<AgentPhase, { kind: 'launching' }>, 'kind'>>,
): AgentState {
  if (agent.phase.kind !== 'launching' || attempt !== agent.attempts.length) return agent;
  if (agent.phase.rejected !== null) return agent;
  return { ...agent, phase: { ...agent.phase, ...change }, changedAt: at };
}

export function launch(
  agent: AgentState,
  event: SessionEventOf<'Launched'>,
  at: number,
): AgentState {
  const isOpen = agent.phase.kind === 'launching' || isUnanswered(agent);
  if (!isOpen || event.attempt !== agent.attempts.length) return agent;
  const launched = withLatestAttempt(agent, (attempt) => ({
    ...attempt,
    threadId: event.threadId,
    agentUrl: event.agentUrl ?? attempt.agentUrl,
    launchedAt: at,
    connection: { kind: 'reconnecting', reason: null, failure: null, at },
    turns: [newTurn(event.turnId, 'initial', at)],
  }));
  return { ...launched, phase: { kind: 'running' }, changedAt: at };
}

/** Its launch was given up after a day without an answer, so that finding the agent later is new information. */
function isUnanswered(agent: AgentState): boolean {
  const isGivenUp = agent.phase.kind === 'settled' && agent.phase.cause?.code === 'silent_24h';
  return isGivenUp && latestAttempt(agent)?.launchedAt === null;
}
