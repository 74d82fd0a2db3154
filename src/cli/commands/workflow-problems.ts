import type { Problem } from '../../contract/error-views.ts';
import type { Problem as FoundProblem } from '../../workflow/problem.ts';

/** Problems as the contract writes them: the same, but for its lists, which may be written to. */
export const asContract = (found: readonly FoundProblem[]): Problem[] =>
  found.map((problem) => ({ ...problem, path: [...problem.path] }));

/** Adds line and column to problems that the daemon found in a parsed document; without the file they stay as they are. */
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
