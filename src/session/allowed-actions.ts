import { isEnded, isGivenUp, isSettled, latestAttempt, latestTurn } from './select.ts';
import type { AgentState, SessionState } from './state.ts';

/**
 * What the user can do with an agent or a session now. The fold accepts user actions by these rules, the engine rejects
 * them by the same rules, and clients use them to decide what to offer: there is no other place that decides it.
 */

/** A new attempt. Skipped agents have none: they follow by themselves when the agent before them is retried. */
export function canRetry({ phase }: AgentState): boolean {
  return phase.kind === 'settled' && (phase.outcome === 'failed' || phase.outcome === 'cancelled');
}

/**
 * Another prompt in the same conversation: there has to be one that is over, however it ended. One that Cursor no
 * longer knows, or that nobody could ask about, is there only as far as the agent had finished its work before.
 */
export function canFollowUp(agent: AgentState): boolean {
  const attempt = latestAttempt(agent);
  const turn = latestTurn(attempt);
  if (agent.phase.kind !== 'settled' || turn?.ended == null) return false;
  // What a round before this one has said is over.
  if (attempt?.round !== agent.round) return false;
  return agent.phase.outcome === 'completed' || (canRetry(agent) && !isGivenUp(turn));
}

/** Again too, where Cursor did not confirm it the first time. */
export function canCancel(agent: AgentState): boolean {
  return !isSettled(agent);
}

export function canCancelSession(state: SessionState): boolean {
  return !isEnded(state);
}

export function canDismiss(state: SessionState): boolean {
  return isEnded(state);
}
