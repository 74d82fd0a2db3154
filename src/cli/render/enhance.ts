import type { EnhanceView, WorkflowRoundView } from '../../contract/enhance.ts';
import { enhanceStateText, feedbackOn, spendingText } from '../../contract/enhance-text.ts';
import type { SessionDetail, SessionView } from '../../contract/session-views.ts';
import { type Line, line, quiet, strong, type Tone, toned, wrap } from '../terminal/lines.ts';
import { differenceLines } from './differences.ts';

/** `Round 2 of 3`; null if there is only one round. */
export const formatRound = ({
  workflowRound,
}: Pick<SessionView, 'workflowRound'>): string | null =>
  workflowRound === null ? null : `Round ${workflowRound.number} of ${workflowRound.most}`;

/** All rounds of a session: the edits before each round, its failures, and the current state. */
export function enhanceLines(
  view: EnhanceView,
  session: Pick<SessionDetail, 'status' | 'budget'>,
): Line[] {
  return [
    line(quiet('Loop & Enhance')),
    line(
      '  ',
      `Round ${view.round} of at most ${view.mostRounds}. `,
      enhanceStateText(view, session),
    ),
    line('  ', quiet(spendingText(view, session))),
    ...view.rounds.flatMap((round) => roundLines(round, view)),
    ...proposalLines(view),
  ];
}

/** In brief: the state of the rounds, and the failures of the last reported round. */
export function briefEnhanceLines(
  view: EnhanceView,
  session: Pick<SessionView, 'status'>,
  {
    width,
    mostRows = Number.POSITIVE_INFINITY,
  }: { readonly width: number; readonly mostRows?: number },
): Line[] {
  const reported = view.rounds.findLast(({ report }) => report !== null);
  const entries = [
    { tone: toneOf(view), text: `Loop & Enhance: ${enhanceStateText(view, session)}` },
    ...(reported?.report?.failures ?? []).map(({ name, message }) => ({
      tone: 'bad' as const,
      text: `Failure in round ${reported?.number}: ${name}: ${message}`,
    })),
  ];
  return entries.flatMap(({ tone, text }) => {
    const rows = wrap(text, width - INDENT.length);
    const isCut = rows.length > mostRows;
    return rows
      .slice(0, mostRows)
      .map((row, index) =>
        line(INDENT, toned(tone, isCut && index === mostRows - 1 ? `${row} ...` : row)),
      );
  });
}

const INDENT = '  ';

const toneOf = ({ cause, proposal, state }: EnhanceView): Tone => {
  if (state === 'ended') return cause === 'converged' ? 'good' : 'bad';
  return state === 'planning' && proposal !== null ? 'attention' : 'quiet';
};

function roundLines(round: WorkflowRoundView, view: EnhanceView): Line[] {
  const { number, summary, changes, report } = round;
  return [
    line('  ', strong(`Round ${number}`)),
    ...(summary === null ? [] : [line('    ', quiet('Planner: '), summary)]),
    ...differenceLines(changes, '    '),
    ...(report?.failures ?? []).map(({ name, message }) =>
      line('    ', toned('bad', 'Failures: '), `${name}: ${message}`),
    ),
    ...feedbackOn(round, view).map((text) => line('    ', quiet('You said: '), text)),
  ];
}

function proposalLines({ proposal, state, round }: EnhanceView): Line[] {
  if (proposal === null || state !== 'planning' || proposal.fault !== null) return [];
  const { summary, changes, approvalReasons } = proposal;
  return [
    line('  ', strong(`Proposed for round ${round + 1}`)),
    line('    ', quiet('Planner: '), summary),
    ...approvalReasons.map((reason) =>
      line('    ', toned('attention', `Needs your approval: ${reason}`)),
    ),
    ...differenceLines(changes, '    '),
  ];
}
