import type { Problem } from '../../contract/error-views.ts';
import type { Problem as FoundProblem } from '../../workflow/problem.ts';

/** Converts problems to the contract's type, whose lists are mutable. */
export const asContract = (problems: readonly FoundProblem[]): Problem[] =>
  problems.map((problem) => ({ ...problem, path: [...problem.path] }));

/** Adds line and column to problems that the daemon found in a parsed document, if the file can be read. */
export async function locateIn(file: string, problems: readonly Problem[]): Promise<Problem[]> {
  if (problems.length === 0) return [];
  const { openWorkflow } = await import('../../workflow/files.ts');
  const opened = await openWorkflow(file);
  if (!opened.ok) return [...problems];
  const { locate } = opened.value;
  return problems.map((problem) => {
    const { severity, code, path, pointer, message } = problem;
    const { line, column } = locate({ severity, code, path, pointer, message });
    return problem.line === undefined ? { ...problem, line, column } : problem;
  });
}
