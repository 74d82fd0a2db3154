import { useState } from 'react';
import type { AgentView } from '../../../contract/agent-views.ts';
import type { SessionDetail } from '../../../contract/session-views.ts';
import { RoundNotice, RoundPicker, roundsOf, transcriptRange } from './rounds.tsx';
import { TranscriptView } from './transcript-view.tsx';

/** The transcript of an agent: all of it, or by round if a loop repeats it. */
export function AgentTranscript({ session, agent }: { session: SessionDetail; agent: AgentView }) {
  const rounds = roundsOf(session, agent.id);
  // An earlier round stays selected when the next one begins.
  const [number, setNumber] = useState<number | null>(null);
  const newest = rounds.at(-1);
  const chosen = rounds.find((round) => round.number === number) ?? newest;
  if (agent.attempt === 0) return <p className="p-4 text-muted">The agent has not started yet.</p>;
  if (chosen === undefined) return <TranscriptView session={session} agentId={agent.id} />;
  const range = transcriptRange(rounds, chosen);
  return (
    <>
      <RoundPicker
        session={session}
        rounds={rounds}
        chosen={chosen}
        onSelect={(round) => setNumber(round === newest ? null : round.number)}
      />
      <RoundNotice round={chosen} />
      {chosen.attempt === null ? (
        <p className="p-4 text-muted">The agent was not started in this round.</p>
      ) : (
        <TranscriptView key={chosen.number} session={session} agentId={agent.id} range={range} />
      )}
    </>
  );
}
