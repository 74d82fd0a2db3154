import type { Problem } from '../../contract/error-views.ts';
import type { Problem as FoundProblem } from '../../workflow/problem.ts';

/** Options that override settings of the file. */
export type Overrides = {
  readonly mode?: unknown;
  readonly repositories?: unknown;
};

/** Problems of the environment, reported only if the workflow is valid. They have exit codes of their own. */
export const environmentProblemCodes: readonly string[] = [
  'license_required',
  'unauthorized',
  'forbidden',
  'cursor_unreachable',
];

/** Problems that only options can cause. */
const optionProblemCodes: readonly string[] = ['agent_unknown', 'input_too_long', 'input_not_text'];

/** Removes the location from problems of an option, the license or the account. */
export function withCorrectLocation<Found extends Problem | FoundProblem>(
  problem: Found,
  overrides: Overrides,
): Found {
  if (isInFile(problem, overrides)) return problem;
  const { line: _line, column: _column, ...rest } = problem;
  // The same problem without the two fields, which every problem may lack.
  return { ...rest, path: [], pointer: '' } as unknown as Found;
}

function isInFile(
  { code, path, line }: Problem | FoundProblem,
  { mode, repositories }: Overrides,
): boolean {
  if (environmentProblemCodes.includes(code) || optionProblemCodes.includes(code)) return false;
  const [settings, field, rest] = path;
  // If the file names the repository, the problem has a path.
  if (path.length === 0) return line !== undefined && code !== 'repository_out_of_reach';
  if (settings !== 'settings') return true;
  if (field === 'runMode') return mode === undefined;
  return !(field === 'cloud' && rest === 'repos' && repositories !== undefined);
}
