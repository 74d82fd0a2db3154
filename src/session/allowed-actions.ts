import { isEnded, isGivenUp, isSettled, latestAttempt, latestTurn } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/**
 * What the user can do with an agent or a session now. The fold, the engine and the views that clients receive all use
 * these rules.
 */

/** A skipped agent cannot be retried: it starts automatically once the agent that it depends on is retried. */
export function canRetry({ phase }: AgentState): boolean {
  return phase.kind === 'settled' && (phase.outcome === 'failed' || phase.outcome === 'cancelled');
}

/**
 * Another prompt in the same conversation, whose newest turn must have ended. If that turn was given up, the conversation
 * may not exist any longer, unless the agent had completed its work.
 */
export function canFollowUp(agent: AgentState): boolean {
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (agent.phase.kind !== 'settled' || turn?.ended == null) return false;
  // The conversation of an earlier round is over.
  if (attempt?.round !== agent.round) return false;
  return agent.phase.outcome === 'completed' || (canRetry(agent) && !isGivenUp(turn));
}

/** A cancellation can be repeated if Cursor did not confirm it. */
export function canCancel(agent: AgentState): boolean {
  return !isSettled(agent);
}

export function canCancelSession(state: SessionState): boolean {
  return !isEnded(state);
}

export function canDismiss(state: SessionState): boolean {
  return isEnded(state);
}
