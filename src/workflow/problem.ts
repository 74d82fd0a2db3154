export type ProblemSeverity = 'error' | 'warning' | 'notice';

/** Keys and indexes from the root of the document down to a place in it. */
export type ProblemPath = readonly (string | number)[];

/** Something about a workflow that a person should know, with the place in the document it is about. */
export type Problem = {
  /** Stable; programs may branch on it. */
  readonly code: string;
  /** An error stops a run, a warning asks for a look, a notice says what was done for you. */
  readonly severity: ProblemSeverity;
  readonly message: string;
  readonly suggestion?: string;
  readonly path: ProblemPath;
  /** The path as people write it: `agents[2].name`; empty for the document itself. */
  readonly pointer: string;
  /** Both count from 1; absent when the workflow did not come from text. */
  readonly line?: number;
  readonly column?: number;
};

const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** Writes a path as `agents[2].name`; keys that are not plain words are quoted: `env["my key"]`. */
export function pointerOf(path: ProblemPath): string {
  let pointer = '';
  for (const key of path) {
    if (typeof key === 'number') pointer += `[${key}]`;
    else if (!plainKey.test(key)) pointer += `[${JSON.stringify(key)}]`;
    else pointer += pointer === '' ? key : `.${key}`;
  }
  return pointer;
}

/** Builds a problem from what a rule knows; the pointer follows from the path. */
export function problem(
  severity: ProblemSeverity,
  code: string,
  path: ProblemPath,
  message: string,
  suggestion?: string,
): Problem {
  const pointer = pointerOf(path);
  return suggestion === undefined
    ? { code, severity, message, path, pointer }
    : { code, severity, message, suggestion, path, pointer };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((found) => found.severity === 'error');
}
