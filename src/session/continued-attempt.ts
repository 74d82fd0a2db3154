import { currentRound } from './enhance/enhance-state.ts';
import { agentOf, isGivenUp, latestAttempt, latestTurn } from './select.ts';
import type { AgentState, Attempt, SessionState } from './state.ts';

/**
 * The attempt whose thread an agent continues in its current round; null if it gets a new thread. Only the first attempt
 * of a round continues a thread: a retry starts a new one.
 */
export function continuedAttempt(state: SessionState, id: AgentState['id']): Attempt | null {
  const agent = agentOf(state, id);
  const before = agent === undefined ? undefined : latestAttempt(agent);
  if (agent === undefined || before === undefined || before.round >= agent.round) return null;
  if (!beginsWorkflowRound(state, agent)) return before.isDelivered === true ? before : null;
  const isFresh = state.workflow.settings.loopAndEnhance.threads === 'fresh';
  return isFresh || !canContinue(before) ? null : before;
}

/** The agent's current round belongs to a further round of the whole workflow, and not to a loop within it. */
export function beginsWorkflowRound({ enhance }: SessionState, { id, round }: AgentState): boolean {
  if (enhance === null || enhance.round === 1) return false;
  return currentRound(enhance)?.firstRounds[id] === round;
}

/** Failed work can be fixed in its own thread, unless that thread may no longer exist. */
function canContinue(attempt: Attempt): boolean {
  const turn = latestTurn(attempt);
  return attempt.launchedAt !== null && turn?.ended != null && !isGivenUp(turn);
}
