import type { PlanView } from '../../contract/flow-views.ts';
import { planDiff } from '../../contract/plan-diff.ts';
import { plural } from '../../lib/format.ts';
import { countLines } from '../../lib/unified-diff.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import { diffLine } from './changes.ts';

type Edited = { readonly proposed: string; readonly edited: string };

/** Longer diffs are better read with another tool. */
const MAX_DIFF_LINES = 120;

/** The answer to the newest plan of an agent, and how the plan was edited before. */
export function planLines({ answer, by, proposed, edited }: PlanView, indent: string): Line[] {
  const who = by === null ? '' : ` (${by})`;
  if (answer === null) return [line(toned('attention', 'waits for your approval'))];
  if (edited === null) return [line(answerLabels[answer], quiet(who))];
  const plan = { proposed, edited };
  return [
    line('edited and approved', quiet(`${who}, ${formatPlanChange(plan)}`)),
    ...planDiffLines(plan, indent),
  ];
}

const answerLabels = {
  approve: 'approved',
  reject: 'rejected',
  changes: 'changes were asked for',
} as const;

/** "3 lines added, 1 removed". */
export function formatPlanChange(plan: Edited): string {
  const diff = planDiff(plan);
  if (diff === '') return 'rewritten';
  const { linesAdded, linesRemoved } = countLines(diff);
  return `${plural(linesAdded, 'line')} added, ${linesRemoved} removed`;
}

/** The diff of an edited plan. */
export function planDiffLines(plan: Edited, indent: string): Line[] {
  const [, , ...lines] = planDiff(plan).trimEnd().split('\n');
  const shown = lines
    .slice(0, MAX_DIFF_LINES)
    .map((text) => line(indent, ...(text.startsWith('@@') ? [quiet(text)] : diffLine(text))));
  const rest = lines.length - shown.length;
  if (rest === 0) return shown;
  return [...shown, line(indent, quiet(`${plural(rest, 'more line')}; --json has all of them`))];
}
