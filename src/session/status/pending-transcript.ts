import { isEnded, isSettled } from '../select.ts';
import type { AgentState, SessionState } from '../state.ts';

/**
 * Why the transcript of a settled agent is still incomplete, as a sentence. Null if it is complete or being received. The
 * session does not end before it is complete.
 */
export function pendingTranscriptReason(agent: AgentState): string | null {
  if (!isSettled(agent)) return null;
  for (const { connection, turns } of agent.attempts) {
    const isAwaited = turns.some(({ ended, stream }) => ended !== null && stream === 'open');
    if (isAwaited && connection.kind !== 'live' && connection.reason !== null)
      return `The rest of its transcript has not arrived yet. ${asSentence(connection.reason)}`;
  }
  return null;
}

/** Why a session whose agents have all settled has not ended; null if an agent has not settled or no reason is known. */
export function pendingEndReason(state: SessionState): string | null {
  if (isEnded(state) || !state.agents.every(isSettled)) return null;
  const waits = state.agents.flatMap((agent) => pendingTranscriptReason(agent) ?? []);
  return waits[0] === undefined
    ? null
    : `All agents have settled; the session ends when their transcripts are complete. ${waits[0]}`;
}

const asSentence = (reason: string): string => {
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
};
