import { canCancel, canFollowUp, canRetry } from '../allowed-actions.ts';
import type { EnhanceEvent } from '../enhance/enhance-events.ts';
import type { LifecycleEvent, SessionEventOf } from '../events.ts';
import type { FlowEvent } from '../flow/flow-events.ts';
import { isContradicted, isLive, latestAttempt, latestTurn } from '../select.ts';
import { contradictedEnd, contradictedEndOf } from '../settlement-causes.ts';
import type { AgentState, FollowUpPurpose } from '../state.ts';
import { newTurn, optionsOf, withAttempt, withLatestAttempt } from './change-attempt.ts';
import { evolveAttempt } from './evolve-attempt.ts';
import {
  deferLaunch,
  intendLaunch,
  launch,
  replaceThread,
  updateLaunching,
} from './evolve-launch.ts';

/** Lifecycle events of one agent. */
export type AgentEvent = Exclude<
  Extract<LifecycleEvent, { agentId?: unknown }>,
  FlowEvent | EnhanceEvent | { type: 'HandoffStored' }
>;

/** Folds an event into its agent. Returns the same object if nothing changes. */
export function evolveAgent(agent: AgentState, event: AgentEvent, at: number): AgentState {
  switch (event.type) {
    case 'LaunchIntended':
      return intendLaunch(agent, event, at);
    case 'LaunchDeferred':
      return deferLaunch(agent, event, at);
    case 'LaunchUncertain':
      return updateLaunching(agent, event.attempt, at, {
        uncertain: event.failure,
        deferred: null,
      });
    case 'LaunchRejected':
      return updateLaunching(agent, event.attempt, at, {
        rejected: event.failure,
        uncertain: null,
      });
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

function intendFollowUp(
  agent: AgentState,
  event: SessionEventOf<'FollowUpIntended'>,
  at: number,
): AgentState {
  // A message to a running turn would replace its work, so it is accepted only after the agent has settled.
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
  // A user's message withdraws an earlier cancellation; a follow-up that we send ourselves does not.
  const isUserRequest = event.purpose === 'message' || event.purpose === 'changes';
  const cancel = isUserRequest ? null : agent.cancel;
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
    // Parameters belong to their model; they do not carry over to another one.
    ...(modelParameters === undefined || phase.options?.model !== undefined
      ? {}
      : { modelParameters }),
    ...phase.options,
    connection: { kind: 'reconnecting', reason: null, failure: null, at },
    artifacts: { ...attempt.artifacts, state: 'pending' },
    turns: [...attempt.turns, newTurn(event.turnId, phase.purpose, at)],
  }));
  return { ...sent, phase: { kind: 'running' }, changedAt: at };
}

function isDueFor(agent: AgentState, purpose: FollowUpPurpose): boolean {
  const { phase } = agent;
  if (purpose === 'message') return canFollowUp(agent);
  // Changes are requested at a gate: to a plan, while the agent waits, or to completed work.
  const isAtGate = phase.kind === 'settled' && phase.outcome === 'completed';
  return phase.kind === 'running' || (purpose === 'changes' && isAtGate);
}

function settle(agent: AgentState, event: SessionEventOf<'AgentSettled'>, at: number): AgentState {
  // An agent that is or may be running never settles, and events of an older attempt are ignored.
  const isOfOlder = event.attempt !== undefined && event.attempt !== agent.attempts.length;
  const isStale = isOfOlder || event.round !== agent.round;
  if (agent.phase.kind === 'settled' || isLive(agent) || isStale) return agent;
  // The record may have contradicted the end while the hand-off was created.
  const isRevoked = event.outcome === 'completed' && isContradicted(agent);
  const phase = {
    kind: 'settled',
    outcome: isRevoked ? 'failed' : event.outcome,
    cause: isRevoked ? contradictedEnd : (event.cause ?? null),
    // If the clock was set back, the end is not earlier than the start.
    at: Math.max(at, latestAttempt(agent)?.intendedAt ?? at),
  } as const;
  const settled =
    event.outcome === 'completed'
      ? withLatestAttempt(agent, (attempt) => ({ ...attempt, isDelivered: true }))
      : agent;
  return { ...settled, phase, changedAt: at };
}

/** If the record contradicts the end on which the agent settled as completed, the agent becomes failed. */
function checkEnd(agent: AgentState, event: SessionEventOf<'EndChecked'>, at: number): AgentState {
  const checked = withAttempt(agent, event.attempt, at, (attempt) =>
    evolveAttempt(attempt, event, at),
  );
  const isCompleted = checked.phase.kind === 'settled' && checked.phase.outcome === 'completed';
  if (!isCompleted || !isContradicted(checked)) return checked;
  const phase = {
    kind: 'settled',
    outcome: 'failed',
    cause: contradictedEndOf(event),
    at,
  } as const;
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
