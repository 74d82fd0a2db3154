import { isEnded, isSettled } from '../select.ts';
import type { AgentState, SessionState } from '../state.ts';

/**
 * Why the rest of a settled agent's transcript has not come yet, in a sentence. Null when it is whole or comes right
 * now. The session's end waits for it.
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

/** Why a session whose agents have all settled has not ended; null when one is at work or nothing is told. */
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
