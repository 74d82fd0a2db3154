import type { Problem } from '../../contract/error-views.ts';

/** As many problems of one kind as stand one below the other. */
const mostApart = 2;

/**
 * Notices and warnings of one kind, which somebody reads once, stand together, where the first of them was. Each error
 * stands alone, because each has to be corrected.
 */
export function alikeProblems(problems: readonly Problem[]): (readonly [Problem, ...Problem[]])[] {
  const kinds = new Map<string, [Problem, ...Problem[]]>();
  for (const [place, problem] of problems.entries()) {
    const { code, severity } = problem;
    const isApart = severity === 'error' || countOf(problems, problem) <= mostApart;
    const kind = isApart ? `${place}` : `${severity} ${code}`;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [problem]);
    else known.push(problem);
  }
  return [...kinds.values()];
}

const countOf = (problems: readonly Problem[], { code, severity }: Problem): number =>
  problems.filter((other) => other.code === code && other.severity === severity).length;
