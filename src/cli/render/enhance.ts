import type { EnhanceView, WorkflowRoundView } from '../../contract/enhance.ts';
import { spendingWords, standingWords } from '../../contract/enhance-words.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { type Line, line, quiet, strong, toned } from '../terminal/lines.ts';
import { differenceLines } from './differences.ts';

/** `Round 2 of 3`, where there may be more than one. */
export const roundWords = ({ workflowRound }: Pick<SessionView, 'workflowRound'>): string | null =>
  workflowRound === null ? null : `Round ${workflowRound.number} of ${workflowRound.most}`;

/** All rounds of a session: how the workflow was edited before each, what was not good, and where it stands. */
export function enhanceLines(view: EnhanceView): Line[] {
  return [
    line(quiet('Loop & Enhance')),
    line('  ', `Round ${view.round} of at most ${view.mostRounds}. `, standingWords(view)),
    line('  ', quiet(spendingWords(view))),
    ...view.rounds.flatMap(oneRound),
    ...view.feedback.map((text) => line('  ', quiet('You said: '), text)),
    ...proposalLines(view),
  ];
}

function oneRound({ number, summary, changes, report }: WorkflowRoundView): Line[] {
  return [
    line('  ', strong(`Round ${number}`)),
    ...(summary === null ? [] : [line('    ', quiet('Planner: '), summary)]),
    ...differenceLines(changes, '    '),
    ...(report?.failures ?? []).map(({ name, message }) =>
      line('    ', toned('bad', 'Failures: '), `${name}: ${message}`),
    ),
    ...(report?.feedback ?? []).map((text) => line('    ', quiet('You said: '), text)),
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
