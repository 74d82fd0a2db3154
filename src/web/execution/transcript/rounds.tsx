import type { RoundView } from '../../../contract/flow-views.ts';
import { roundText } from '../../../contract/round-text.ts';
import type { SessionDetail } from '../../../contract/session-views.ts';
import { classNames } from '../../design/class-names.ts';
import { MessageText } from '../../design/message-text.tsx';
import { AgentStatusIcon } from '../../design/status.tsx';
import type { TranscriptRange } from './transcript-feed.ts';

/** The rounds of an agent in a loop; empty before the second one. */
export function roundsOf({ rounds }: SessionDetail, agentId: string): readonly RoundView[] {
  const own = rounds.filter((round) => round.agentId === agentId);
  return own.length < 2 ? [] : own;
}

/** The event range of a round: from its start to the start of the next round that was started. */
export function transcriptRange(
  rounds: readonly RoundView[],
  { number, firstSeq }: RoundView,
): TranscriptRange {
  const next = rounds.find((round) => round.number > number && round.firstSeq !== null);
  return { from: number === 1 ? null : firstSeq, before: next?.firstSeq ?? null };
}

export function RoundPicker({
  session,
  rounds,
  chosen,
  onSelect,
}: {
  session: Pick<SessionDetail, 'workflowRound'>;
  rounds: readonly RoundView[];
  chosen: RoundView;
  onSelect: (round: RoundView) => void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a frame of its own.
    <div
      role="group"
      aria-label="Rounds"
      className="scroll-thin flex shrink-0 gap-1 overflow-x-auto border-b px-4 py-1.5"
    >
      {rounds.map((round) => (
        <button
          key={round.number}
          type="button"
          aria-pressed={round.number === chosen.number}
          onClick={() => onSelect(round)}
          className={classNames(
            'flex h-7 shrink-0 items-center gap-1.5 rounded-md border px-2 text-sm',
            round.number === chosen.number
              ? 'border-accent bg-accent-soft'
              : 'border-transparent hover:bg-hover',
          )}
        >
          <AgentStatusIcon status={round.status} />
          {roundText(round, session)}
        </button>
      ))}
    </div>
  );
}

/** Context for the transcript of a round. */
export function RoundNotice({ round }: { round: RoundView }) {
  const parts = [
    round.freshThread === null
      ? null
      : `This round began in a new conversation: ${round.freshThread}`,
    round.cause,
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return (
    <p className="shrink-0 border-b px-4 py-2 text-muted text-sm">
      <MessageText text={parts.join(' ')} />
    </p>
  );
}
