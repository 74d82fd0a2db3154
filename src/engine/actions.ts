import {
  canCancel,
  canCancelSession,
  canDismiss,
  canFollowUp,
  canRetry,
} from '../session/allowed.ts';
import type { Failure } from '../session/events.ts';
import type { SessionId } from '../session/ids.ts';
import { agentOf, isSettled, latestAttempt } from '../session/select.ts';
import type { AgentState, SessionState } from '../session/state.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Outcome } from './api.ts';
import type { EngineContext } from './context.ts';

/** What people ask of a session. Each stores the wish, or says why it cannot be; the supervisor does the rest. */

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
      ...(outcomeOf(agent) === 'skipped'
        ? { suggestion: 'Retry the agent that it was skipped for; this one then starts by itself.' }
        : {}),
    };
  }
  context.journal.append(state.id, [{ type: 'RetryRequested', agentId }]);
  return null;
}

export function followUp(
  context: EngineContext,
  state: SessionState,
  agentId: AgentId,
  text: string,
): Failure | null {
  const agent = agentOf(state, agentId);
  if (agent === undefined) return unknownAgent(agentId);
  const attempt = latestAttempt(agent);
  if (attempt === undefined || !canFollowUp(agent)) return noFollowUp(agent);
  if (text.trim() === '') {
    return {
      code: 'empty_follow_up',
      message: 'The follow-up has no text.',
      suggestion: 'Write what the agent is to do.',
    };
  }
  context.journal.append(state.id, [
    {
      type: 'FollowUpIntended',
      agentId,
      attempt: attempt.number,
      followUpId: context.ids.followUp(),
      purpose: 'message',
      prompt: text,
    },
  ]);
  return null;
}

/** Takes ended sessions off the list; artifacts and events stay. One that is still going is left where it is. */
export function dismiss(
  context: EngineContext,
  ids: readonly SessionId[],
): Outcome<{ dismissed: readonly SessionId[] }> {
  const states = ids.map((id) => ({
    id,
    state: context.journal.state(id) as SessionState | undefined,
  }));
  const missing = states.find(({ state }) => state === undefined);
  if (missing !== undefined) {
    return {
      ok: false,
      error: { code: 'session_unknown', message: `There is no session ${missing.id}.` },
    };
  }
  const going = states.find(({ state }) => state !== undefined && !canDismiss(state));
  if (going !== undefined) {
    return {
      ok: false,
      error: {
        code: 'session_not_settled',
        message: `Session ${going.id.slice(2, 10)} is still going; only ended sessions can be dismissed.`,
        suggestion: 'Cancel it first, or wait for its end.',
      },
    };
  }
  for (const { id, state } of states) {
    if (state?.isDismissed === false) context.journal.append(id, [{ type: 'SessionDismissed' }]);
  }
  return { ok: true, value: { dismissed: ids } };
}

export function restore(context: EngineContext, state: SessionState): Failure | null {
  if (state.isDismissed) context.journal.append(state.id, [{ type: 'SessionRestored' }]);
  return null;
}

function outcomeOf(agent: AgentState): string {
  return agent.phase.kind === 'settled' ? agent.phase.outcome : 'not finished';
}

function noFollowUp(agent: AgentState): Failure {
  if (!isSettled(agent))
    return {
      code: 'agent_busy',
      message: 'A follow-up needs an agent whose work is over; this one is not finished.',
      suggestion: 'Wait until it is done, or cancel it first.',
    };
  return {
    code: 'no_conversation',
    message: `This agent is ${outcomeOf(agent)}, and there is no conversation with it that could go on.`,
    suggestion: canRetry(agent)
      ? 'Retry the agent; that starts a new one.'
      : 'Retry the agent that it was skipped for; this one then starts by itself.',
  };
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
