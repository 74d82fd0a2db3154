import type { PlanView } from '../../contract/flow-views.ts';
import { planDiff } from '../../contract/plan-diff.ts';
import { plural } from '../../lib/format.ts';
import { countLines } from '../../lib/unified-diff.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import { diffLine } from './changes.ts';

type Edited = { readonly proposed: string; readonly edited: string };

/** More of a diff is read with a tool for it. */
const MOST_LINES = 120;

/** How the newest plan of an agent was answered, and what was changed in it before. */
export function planLines({ answer, by, proposed, edited }: PlanView, indent: string): Line[] {
  const who = by === null ? '' : ` (${by})`;
  if (answer === null) return [line(toned('attention', 'waits for your approval'))];
  if (edited === null) return [line(answers[answer], quiet(who))];
  const plan = { proposed, edited };
  return [
    line('edited and approved', quiet(`${who}, ${changeWords(plan)}`)),
    ...planDiffLines(plan, indent),
  ];
}

const answers = {
  approve: 'approved',
  reject: 'rejected',
  changes: 'changes were asked for',
} as const;

/** "3 lines added, 1 removed". */
export function changeWords(plan: Edited): string {
  const diff = planDiff(plan);
  if (diff === '') return 'rewritten';
  const { linesAdded, linesRemoved } = countLines(diff);
  return `${plural(linesAdded, 'line')} added, ${linesRemoved} removed`;
}

/** The changed lines of a plan with a few around them. */
export function planDiffLines(plan: Edited, indent: string): Line[] {
  const [, , ...lines] = planDiff(plan).trimEnd().split('\n');
  const shown = lines
    .slice(0, MOST_LINES)
    .map((text) => line(indent, ...(text.startsWith('@@') ? [quiet(text)] : diffLine(text))));
  const rest = lines.length - shown.length;
  if (rest === 0) return shown;
  return [...shown, line(indent, quiet(`${plural(rest, 'more line')}; --json has all of them`))];
}
