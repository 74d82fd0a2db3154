import { isCollectible, isToBeFollowed } from './decide-attempt.ts';
import { isLive, isSettled } from './select.ts';
import type { AgentState } from './state.ts';

/** Settled, read to its end, and its artifacts are here: nothing is to come from it unless someone asks for more. */
export function isComplete(agent: AgentState): boolean {
  if (!isSettled(agent) || isLive(agent)) return false;
  const isRead = agent.attempts.every(({ turns }) => !turns.some(isToBeFollowed));
  return isRead && !agent.attempts.some((attempt) => isCollectible(agent, attempt));
}
