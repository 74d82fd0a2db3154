import type { RoundView } from '../../contract/flow-views.ts';
import { roundText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { elapsed, plural } from '../../lib/format.ts';
import { type Line, quiet, toned } from '../terminal/lines.ts';
import { agentSign, agentTone } from './status.ts';

type Row = { readonly label: string; readonly parts: readonly (string | Line[number])[] };

/** The outcome of each round of an agent in a loop; empty if there is only one round. */
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
