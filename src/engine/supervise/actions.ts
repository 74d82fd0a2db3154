import { isBlank } from '../../lib/blank.ts';
import type { TurnOptions } from '../../runtimes/turn-requests.ts';
import {
  canCancel,
  canCancelSession,
  canFollowUp,
  canRetry,
} from '../../session/allowed-actions.ts';
import type { Failure } from '../../session/events.ts';
import { agentOf, isSettled, latestAttempt } from '../../session/select.ts';
import type { AgentState, SessionState } from '../../session/state.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { inputProblems } from '../../workflow/limits.ts';
import { turnOptionsOf } from '../compose/request.ts';
import type { EngineContext } from '../context.ts';

/**
 * User actions on a session. Each one stores the request, or returns why it is not possible; the supervisor does the
 * rest.
 */

export function cancel(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId | undefined,
): Failure | null {
  if (agentId === undefined) {
    if (!canCancelSession(state)) return alreadyEnded(state);
    context.journal.append(state.id, [{ type: 'CancelRequested' }]);
    return null;
  }
  const agent = agentOf(state, agentId);
  if (agent === undefined) return unknownAgent(agentId);
  if (!canCancel(agent)) {
    return {
      code: 'agent_settled',
      message: `The agent is already ${outcomeOf(agent)}; there is nothing to cancel.`,
    };
  }
  context.journal.append(state.id, [{ type: 'CancelRequested', agentId }]);
  return null;
}

export function retry(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId,
): Failure | null {
  const agent = agentOf(state, agentId);
  if (agent === undefined) return unknownAgent(agentId);
  if (!canRetry(agent)) {
    return {
      code: 'not_retryable',
      message: `Only an agent that failed or was cancelled can be retried; this one is ${outcomeOf(agent)}.`,
      suggestion: insteadOfRetry(agent),
    };
  }
  context.journal.append(state.id, [{ type: 'RetryRequested', agentId, round: agent.round }]);
  return null;
}

export function followUp(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId,
  { text, ...options }: TurnOptions & { readonly text: string },
): Failure | null {
  const agent = agentOf(state, agentId);
  if (agent === undefined) return unknownAgent(agentId);
  const attempt = latestAttempt(agent);
  if (attempt === undefined || !canFollowUp(agent)) return noFollowUp(agent);
  if (isBlank(text)) {
    return {
      code: 'empty_follow_up',
      message: 'The follow-up has no text.',
      suggestion: 'Write what the agent should do.',
    };
  }
  const [fault] = inputProblems(text);
  if (fault !== undefined) return { code: fault.code, message: fault.message };
  if (options.model === undefined && Object.keys(options.modelParameters ?? {}).length > 0) {
    return {
      code: 'model_parameters_without_model',
      message: 'The follow-up sets model parameters but does not name a model.',
      suggestion: 'Name the model that they belong to.',
    };
  }
  context.journal.append(state.id, [
    {
      type: 'FollowUpIntended',
      agentId,
      attempt: attempt.number,
      round: attempt.round,
      followUpId: context.ids.followUp(),
      purpose: 'message',
      prompt: text,
      ...turnOptionsOf(options),
    },
  ]);
  return null;
}

function outcomeOf(agent: AgentState): string {
  return agent.phase.kind === 'settled' ? agent.phase.outcome : 'not finished';
}

function insteadOfRetry(agent: AgentState): string {
  if (outcomeOf(agent) === 'skipped') return skippedAdvice(agent);
  if (!isSettled(agent)) return 'Wait until it ends, or cancel it first.';
  return canFollowUp(agent)
    ? 'Send it a follow-up that says what to do next, in the app or with `cerevisor follow-up`.'
    : 'To run it again, start a new session.';
}

function noFollowUp(agent: AgentState): Failure {
  if (!isSettled(agent))
    return {
      code: 'agent_busy',
      message: 'You can send a follow-up only after an agent has finished; this one has not.',
      suggestion: 'Wait until it ends, or cancel it first.',
    };
  return {
    code: 'no_conversation',
    message: `This agent is ${outcomeOf(agent)}, and it has no conversation that can be continued.`,
    suggestion: canRetry(agent) ? 'Retry the agent; this starts a new one.' : skippedAdvice(agent),
  };
}

/** Advice that depends on why the agent was skipped. Only a failed upstream agent can be retried. */
function skippedAdvice({ phase }: AgentState): string {
  const cause = phase.kind === 'settled' ? phase.cause : null;
  if (cause?.code === 'gate_rejected' && cause.suggestion !== undefined) return cause.suggestion;
  if (cause?.code === 'not_taken')
    return 'No connection to it was taken, so there is nothing to retry.';
  return 'Retry the agent that caused it to be skipped; this one then starts automatically.';
}

function unknownAgent(agentId: AgentId): Failure {
  return { code: 'agent_unknown', message: `The session has no agent "${agentId}".` };
}

function alreadyEnded(state: SessionState): Failure {
  const outcome = state.phase.kind === 'ended' ? state.phase.outcome : '';
  return {
    code: 'session_settled',
    message: `The session is already ${outcome}; there is nothing to cancel.`,
  };
}
