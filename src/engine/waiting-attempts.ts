import type { Journal } from '../journal/types.ts';
import { isWaitingForAnswer } from '../session/run-location.ts';
import { agentOf } from '../session/select.ts';
import { requireSession } from './require-session.ts';

/** How many of the agents that are live on this machine wait for a person to answer a tool call. */
export function waitingLocalAttempts(journal: Pick<Journal, 'liveAttempts' | 'state'>): number {
  return journal.liveAttempts('this-machine').filter(({ sessionId, agentId }) => {
    const agent = agentOf(requireSession(journal, sessionId), agentId);
    return agent !== undefined && isWaitingForAnswer(agent);
  }).length;
}
