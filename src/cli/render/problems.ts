import type { Problem } from '../../contract/error-views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong, type Tone, toned } from '../terminal/lines.ts';

const tones: Readonly<Record<Problem['severity'], Tone>> = {
  error: 'bad',
  warning: 'attention',
  notice: 'quiet',
};

/** Problems with their locations in the format of compilers (`file:line:column: error:`), which editors recognize. */
export function problemLines(problems: readonly Problem[], file: string | null): Line[] {
  return problems.flatMap((problem) => {
    const location = locationOf(problem, file);
    const head = line(
      strong(location === '' ? '' : `${location}: `),
      toned(tones[problem.severity], `${problem.severity}: `),
      problem.message,
      quiet(problem.pointer === '' ? '' : `  ${problem.pointer}`),
    );
    const suggestion =
      problem.suggestion === undefined ? [] : [line('  ', quiet(problem.suggestion))];
    return [head, ...suggestion];
  });
}

function locationOf(problem: Problem, file: string | null): string {
  // Problems of an option, the license or the account have no location in the file.
  if (problem.line === undefined && problem.pointer === '' && problem.path.length === 0) return '';
  const parts = [file, problem.line, problem.line === undefined ? undefined : problem.column];
  return parts.filter((part) => part !== null && part !== undefined).join(':');
}

/** "2 errors, 1 warning" */
export function formatProblemCounts(problems: readonly Problem[]): string {
  return (['error', 'warning', 'notice'] as const)
    .map((severity) => ({
      severity,
      count: problems.filter((problem) => problem.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => plural(count, severity))
    .join(', ');
}
