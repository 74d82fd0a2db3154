import type { Problem } from '../../contract/error-views.ts';
import type { Problem as FoundProblem } from '../../workflow/problem.ts';

/** What the command line says in the file's place. */
export type Overrides = {
  readonly mode?: unknown;
  readonly repositories?: unknown;
};

/** Found last and only where the workflow is sound: another file would not help, and the exit code says so. */
export const notOfTheWorkflow: readonly string[] = [
  'license_required',
  'unauthorized',
  'forbidden',
  'cursor_unreachable',
];

/** What only an option can bring in. */
const ofAnOption: readonly string[] = ['agent_unknown', 'input_too_long', 'input_not_text'];

/** A problem that an option, the license or the account brought in stands at no line of the file. */
export function withOwnPlace<Found extends Problem | FoundProblem>(
  found: Found,
  overrides: Overrides,
): Found {
  if (isOfTheFile(found, overrides)) return found;
  const { line: _line, column: _column, ...rest } = found;
  // The same problem without the two fields, which every problem may lack.
  return { ...rest, path: [], pointer: '' } as unknown as Found;
}

function isOfTheFile(
  { code, path, line }: Problem | FoundProblem,
  { mode, repositories }: Overrides,
): boolean {
  if (notOfTheWorkflow.includes(code) || ofAnOption.includes(code)) return false;
  const [settings, field, rest] = path;
  // Where the file names the repository, this has a place in it.
  if (path.length === 0) return line !== undefined && code !== 'repository_out_of_reach';
  if (settings !== 'settings') return true;
  if (field === 'runMode') return mode === undefined;
  return !(field === 'cloud' && rest === 'repos' && repositories !== undefined);
}
