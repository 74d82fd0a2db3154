import { currentRound } from './enhance/enhance-state.ts';
import { agentOf, isGivenUp, latestAttempt, latestTurn } from './select.ts';
import type { AgentState, Attempt, SessionState } from './state.ts';

/**
 * The attempt in whose thread an agent continues when it begins its present round; null if it gets a thread of its
 * own. Only the first attempt of a round continues: what failed in a thread is not tried again there.
 */
export function continuedAttempt(state: SessionState, id: AgentState['id']): Attempt | null {
  const agent = agentOf(state, id);
  const before = agent === undefined ? undefined : latestAttempt(agent);
  if (agent === undefined || before === undefined || before.round >= agent.round) return null;
  if (!beginsWorkflowRound(state, agent)) return before.isDelivered === true ? before : null;
  const isFresh = state.workflow.settings.loopAndEnhance.threads === 'fresh';
  return isFresh || !canContinue(before) ? null : before;
}

/** A further round of the whole workflow, and not one of a loop within it. */
export function beginsWorkflowRound({ enhance }: SessionState, { id, round }: AgentState): boolean {
  if (enhance === null || enhance.round === 1) return false;
  return currentRound(enhance)?.firstRounds[id] === round;
}

/** Work that failed is fixed where it was done, as long as someone is there who knows it. */
function canContinue(attempt: Attempt): boolean {
  const turn = latestTurn(attempt);
  return attempt.launchedAt !== null && turn?.ended != null && !isGivenUp(turn);
}
