import { isStoppedByBudget } from '../budget/budget-status.ts';
import { budgetReason } from '../budget/budget-text.ts';
import type { Failure, SessionEventOf } from '../events.ts';
import { requestReason } from '../requests/request-text.ts';
import { unansweredRequests } from '../requests/tool-requests.ts';
import { isCancelPending, isLive, isSettled, latestAttempt, latestTurn } from '../select.ts';
import { questionsOf } from '../session-flow.ts';
import type { AgentState, SessionState } from '../state.ts';
import { questionFor, questionReason } from './question-text.ts';
import { queuedAgents } from './queue.ts';

export type SessionStatus =
  | 'running'
  | 'waiting'
  | 'cancelling'
  | 'finished'
  | 'failed'
  | 'cancelled';
export type AgentStatus =
  | 'waiting'
  | 'queued'
  | 'launching'
  | 'running'
  | 'requires-action'
  | 'reconnecting'
  | 'unknown'
  | 'cancelling'
  | 'completed'
  | 'failed'
  | 'skipped'
  | 'cancelled';

/** The status that lists show for a session. `waiting`: it waits for the user. */
export function sessionStatus(state: SessionState): SessionStatus {
  if (state.phase.kind === 'ended') return state.phase.outcome;
  if (requiresAction(state) !== null) return 'waiting';
  // A message that was sent after the cancellation is running, and is not being cancelled.
  const isCancelling = state.agents.every((agent) => isSettled(agent) || agent.cancel !== null);
  return state.isCancelRequested && isCancelling ? 'cancelling' : 'running';
}

/** The status that lists show for an agent. `queued`: it waits only for a free slot. */
export function agentStatus(state: SessionState, agent: AgentState): AgentStatus {
  const { phase } = agent;
  switch (phase.kind) {
    case 'waiting':
      if (questionFor(state, agent) !== null || isStoppedByBudget(state, agent))
        return 'requires-action';
      return queuedAgents(state).has(agent.id) ? 'queued' : 'waiting';
    case 'launching':
      if (agent.cancel !== null) return 'cancelling';
      // Every launch is in flight for a moment, which is not worth reporting as unknown.
      if (phase.uncertain !== null && phase.uncertain.code !== 'launch_in_flight') return 'unknown';
      return phase.deferred === null ? 'launching' : 'waiting';
    case 'following-up':
      if (isStoppedByBudget(state, agent)) return 'requires-action';
      return agent.cancel === null ? 'running' : 'cancelling';
    case 'running':
      if (questionFor(state, agent) !== null || unansweredRequests(agent).length > 0)
        return 'requires-action';
      if (isStoppedByBudget(state, agent)) return 'requires-action';
      return queuedAgents(state).has(agent.id) ? 'queued' : runningStatus(agent);
    case 'settled':
      return phase.outcome;
    default:
      return phase satisfies never;
  }
}

function runningStatus(agent: AgentState): AgentStatus {
  const attempt = latestAttempt(agent);
  if (attempt === undefined || latestTurn(attempt)?.ended !== null) return 'running';
  if (agent.cancel !== null) return 'cancelling';
  return attempt.connection.kind === 'live' ? 'running' : attempt.connection.kind;
}

/** Why the user has to act before the session can continue; null if that is not needed. */
export function requiresAction(state: SessionState): Failure | null {
  if (state.phase.kind === 'ended') return null;
  if (state.phase.kind === 'held' && !state.isCancelRequested)
    return heldReasons[state.phase.reason];
  for (const agent of state.agents) {
    const reason = isSettled(agent) ? null : agentActionReason(agent);
    if (reason !== null) return reason;
  }
  const [question] = questionsOf(state);
  if (question !== undefined) return questionReason(state, question);
  return requestReason(state) ?? budgetReason(state);
}

function agentActionReason(agent: AgentState): Failure | null {
  if (!isCancelPending(agent) && agent.cancel?.unconfirmed) return agent.cancel.unconfirmed;
  const { phase } = agent;
  if (phase.kind === 'running' && isLive(agent))
    return latestAttempt(agent)?.connection.failure ?? null;
  if (phase.kind !== 'launching' && phase.kind !== 'waiting') return null;
  const reason = phase.deferred?.reason;
  const needsUser = reason === 'credentials' || reason === 'usage_limit';
  return needsUser ? (phase.deferred?.failure ?? fallbackReasons[reason]) : null;
}

/** Why a session is held, as the user reads it. */
export const heldReasons: Readonly<Record<SessionEventOf<'SessionHeld'>['reason'], Failure>> = {
  'asked-on-launch': {
    code: 'held_on_launch',
    message: 'Cerevisor was restarted and needs your consent before it starts the next agents.',
    suggestion: 'Reconnect to continue. Cloud agents that are running continue on their own.',
  },
  'account-changed': {
    code: 'account_changed',
    message:
      'The API key belongs to another Cursor account than the one that started this session.',
    suggestion: 'Set the key of the original account, then reconnect.',
  },
  'backend-changed': {
    code: 'backend_changed',
    message: 'This session runs on a different cloud from the one in use now.',
    suggestion:
      'Switch back to that cloud (set the API key, or remove it to use the rehearsal cloud), then reconnect.',
  },
};

const fallbackReasons: Readonly<Record<'credentials' | 'usage_limit', Failure>> = {
  credentials: {
    code: 'unauthorized',
    message: 'Cursor rejected the API key.',
    suggestion: 'Set a valid key (Settings > Providers, or `cerevisor auth set`).',
  },
  usage_limit: {
    code: 'usage_limit',
    message: "The Cursor account's usage limit is reached.",
    suggestion: 'Raise the limit on Cursor; the agent then starts automatically.',
  },
};
