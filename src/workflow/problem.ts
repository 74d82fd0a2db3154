export type ProblemSeverity = 'error' | 'warning' | 'notice';

/** Keys and indexes from the root of the document to a value. */
export type ProblemPath = readonly (string | number)[];

/** A problem of a workflow, with the path of the value that it concerns. */
export type Problem = {
  /** Stable; programs may branch on it. */
  readonly code: string;
  /** An error prevents a run, a warning should be checked, a notice is informational. */
  readonly severity: ProblemSeverity;
  readonly message: string;
  readonly suggestion?: string;
  readonly path: ProblemPath;
  /** The path as text, such as `agents[2].name`; empty for the document itself. */
  readonly pointer: string;
  /** From 1; absent if the workflow was not parsed from text. */
  readonly line?: number;
  readonly column?: number;
};

const plainKey = /^[A-Za-z_$][\w$-]*$/;

/** Formats a path, such as `agents[2].name`. Keys that are not identifiers are quoted: `env["my key"]`. */
export function pointerOf(path: ProblemPath): string {
  let pointer = '';
  for (const key of path) {
    if (typeof key === 'number') pointer += `[${key}]`;
    else if (!plainKey.test(key)) pointer += `[${JSON.stringify(key)}]`;
    else pointer += pointer === '' ? key : `.${key}`;
  }
  return pointer;
}

/** Creates a problem; its pointer is derived from the path. */
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
  return problems.some(({ severity }) => severity === 'error');
}
