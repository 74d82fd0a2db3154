import type { Problem } from '../../contract/error-views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong, type Tone, toned } from '../terminal/lines.ts';

const tones: Readonly<Record<Problem['severity'], Tone>> = {
  error: 'bad',
  warning: 'attention',
  notice: 'quiet',
};

/** Every problem with its place (`file:line:column: error:`), as compilers write it, so that editors can jump there. */
export function problemLines(problems: readonly Problem[], file: string | null): Line[] {
  return problems.flatMap((problem) => {
    const place = placeOf(problem, file);
    const head = line(
      strong(place === '' ? '' : `${place}: `),
      toned(tones[problem.severity], `${problem.severity}: `),
      problem.message,
      quiet(problem.pointer === '' ? '' : `  ${problem.pointer}`),
    );
    const advice = problem.suggestion === undefined ? [] : [line('  ', quiet(problem.suggestion))];
    return [head, ...advice];
  });
}

function placeOf(problem: Problem, file: string | null): string {
  // About an option, the license or the account: no line of the file is to blame.
  if (problem.line === undefined && problem.pointer === '' && problem.path.length === 0) return '';
  const parts = [file, problem.line, problem.line === undefined ? undefined : problem.column];
  return parts.filter((part) => part !== null && part !== undefined).join(':');
}

/** "2 errors, 1 warning" */
export function tallyOf(problems: readonly Problem[]): string {
  return (['error', 'warning', 'notice'] as const)
    .map((severity) => ({
      severity,
      count: problems.filter((found) => found.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => plural(count, severity))
    .join(', ');
}
