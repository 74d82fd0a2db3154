import type { EnhanceView, WorkflowRoundView } from '../../contract/enhance.ts';
import type { SessionView } from '../../contract/views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong, toned } from '../terminal/lines.ts';
import { differenceLines } from './differences.ts';

const causes = {
  converged: 'converged: nothing is left to improve',
  'most-rounds': 'ended after the maximum number of rounds',
  budget: 'ended by the budget',
  'no-useful-edit': 'ended because the planner proposed no useful edit',
  rejected: 'ended because the edits were rejected',
  cancelled: 'cancelled',
  failed: 'ended because the planner failed',
} as const satisfies Record<NonNullable<EnhanceView['cause']>, string>;

const states = {
  'at-work': 'agents at work',
  'report-due': 'being reported',
  planning: 'the planner is due',
  continues: 'the next round begins',
} as const;

/** `Round 2 of 3`, where there may be more than one. */
export const roundWords = ({ workflowRound }: Pick<SessionView, 'workflowRound'>): string | null =>
  workflowRound === null ? null : `Round ${workflowRound.number} of ${workflowRound.most}`;

/** All rounds of a session: how the workflow was edited before each, what was not good, and where it stands. */
export function enhanceLines(view: EnhanceView): Line[] {
  const end = view.cause === null ? null : `${causes[view.cause]}${reasonOf(view)}`;
  return [
    line(quiet('Loop & Enhance')),
    line(
      '  ',
      `${view.round} of at most ${plural(view.mostRounds, 'round')}`,
      quiet(`  ${end ?? states[view.state === 'ended' ? 'at-work' : view.state]}`),
    ),
    line('  ', quiet(spendingWords(view))),
    ...view.rounds.flatMap(oneRound),
    ...view.feedback.map((text) => line('  ', quiet('You said: '), text)),
    ...proposalLines(view),
  ];
}

const reasonOf = ({ reason }: EnhanceView): string => (reason === null ? '' : `: ${reason}`);

/** Says what can bind: money that nobody reports cannot. */
export function spendingWords({ spent, budgetTokens, budgetUsd }: EnhanceView): string {
  const most = budgetTokens === null ? '' : ` of ${budgetTokens.toLocaleString('en')}`;
  const tokens = `${spent.tokens.toLocaleString('en')}${most} tokens used`;
  const money =
    spent.usd === null
      ? `the budget of $${budgetUsd.toFixed(2)} cannot bind while runs cost $0.00`
      : `$${spent.usd.toFixed(2)} of $${budgetUsd.toFixed(2)}`;
  return `${tokens}; ${money}`;
}

function oneRound({ number, summary, changes, report }: WorkflowRoundView): Line[] {
  return [
    line('  ', strong(`Round ${number}`)),
    ...(summary === null ? [] : [line('    ', quiet('Planner: '), summary)]),
    ...differenceLines(changes, '    '),
    ...(report?.failures ?? []).map(({ name, message }) =>
      line('    ', toned('bad', 'Not good: '), `${name}: ${message}`),
    ),
    ...(report?.feedback ?? []).map((text) => line('    ', quiet('You said: '), text)),
  ];
}

function proposalLines({ proposal, state, round }: EnhanceView): Line[] {
  if (proposal === null || state !== 'planning') return [];
  const { summary, changes, approvalReasons, fault } = proposal;
  if (fault !== null) return [];
  return [
    line('  ', strong(`Proposed for round ${round + 1}`)),
    line('    ', quiet('Planner: '), summary),
    ...approvalReasons.map((reason) =>
      line('    ', toned('attention', `Needs your approval: ${reason}`)),
    ),
    ...differenceLines(changes, '    '),
  ];
}
