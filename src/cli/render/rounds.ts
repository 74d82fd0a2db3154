import type { RoundView } from '../../contract/flow-views.ts';
import { roundText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { elapsed, plural } from '../../lib/format.ts';
import { type Line, quiet, toned } from '../terminal/lines.ts';
import { agentSign, agentTone } from './words.ts';

type Row = { readonly label: string; readonly parts: readonly (string | Line[number])[] };

/** What became of each round of an agent that a loop repeats; nothing before there is a second one. */
export function roundLines(
  view: SessionDetail,
  agentId: string,
  { now, unicode }: { readonly now: number; readonly unicode: boolean },
): Row[] {
  const rounds = view.rounds.filter((round) => round.agentId === agentId);
  if (rounds.length < 2) return [];
  return rounds.map((round) => ({
    label: roundText(round, view).replace(' of ', '/'),
    parts: [
      toned(agentTone(round.status), `${agentSign(round.status, unicode)} ${round.status}`),
      quiet(detailOf(round, now)),
    ],
  }));
}

function detailOf(round: RoundView, now: number): string {
  const parts = [
    round.startedAt === null ? '' : elapsed(round.startedAt, round.endedAt, now),
    round.attempts > 1 ? plural(round.attempts, 'attempt') : '',
    round.freshThread === null ? '' : `in a new conversation: ${round.freshThread}`,
    round.cause ?? '',
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `  ${parts.join(', ')}`;
}
