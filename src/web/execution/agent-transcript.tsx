import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { RoundChoice, RoundNotice, rangeOf, roundsOf } from './rounds.tsx';
import { TranscriptView } from './transcript-view.tsx';

/** What an agent said and did: all of it, or round by round where a loop repeats it. */
export function AgentTranscript({ session, agent }: { session: SessionDetail; agent: AgentView }) {
  const rounds = roundsOf(session, agent.id);
  // Nobody who looks at an earlier round is taken away from it when the next one begins.
  const [number, setNumber] = useState<number | null>(null);
  const newest = rounds.at(-1);
  const chosen = rounds.find((round) => round.number === number) ?? newest;
  if (agent.attempt === 0) return <p className="p-4 text-muted">The agent has not started yet.</p>;
  if (chosen === undefined) return <TranscriptView session={session} agentId={agent.id} />;
  const range = rangeOf(rounds, chosen);
  return (
    <>
      <RoundChoice
        session={session}
        rounds={rounds}
        chosen={chosen}
        onChoose={(round) => setNumber(round === newest ? null : round.number)}
      />
      <RoundNotice round={chosen} />
      {chosen.attempt === null ? (
        <p className="p-4 text-muted">The agent was not started in this round.</p>
      ) : (
        <TranscriptView
          // Another round is another transcript.
          key={chosen.number}
          session={session}
          agentId={agent.id}
          range={range}
        />
      )}
    </>
  );
}
