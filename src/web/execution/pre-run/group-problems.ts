import type { Problem } from '../../../contract/error-views.ts';

/** Up to this many problems of one kind are listed separately. */
const maxSeparate = 2;

/**
 * Groups notices and warnings of one kind at the position of the first. Errors stay separate, because each has to be
 * corrected.
 */
export function groupProblems(problems: readonly Problem[]): (readonly [Problem, ...Problem[]])[] {
  const groups = new Map<string, [Problem, ...Problem[]]>();
  for (const [index, problem] of problems.entries()) {
    const { code, severity } = problem;
    const isSeparate = severity === 'error' || countOf(problems, problem) <= maxSeparate;
    const key = isSeparate ? `${index}` : `${severity} ${code}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [problem]);
    else group.push(problem);
  }
  return [...groups.values()];
}

const countOf = (problems: readonly Problem[], { code, severity }: Problem): number =>
  problems.filter((other) => other.code === code && other.severity === severity).length;
