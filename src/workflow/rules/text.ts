import { type Problem, type ProblemPath, pointerOf, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';

/** Keys of multi-line fields, in which line breaks and tabs are allowed. */
const longFields: ReadonlySet<string | number> = new Set([
  'description',
  'instructions',
  'outputDefinition',
  'dataDescription',
  'handoffSchema',
  'condition',
  'loopCondition',
  'approvalPrompt',
  'headers',
  'args',
  'env',
]);
/** Keys of single-line fields. Unknown fields may contain anything. */
const shortFields: ReadonlySet<string | number> = new Set([
  'id',
  'name',
  'role',
  'model',
  'providerId',
  'inputFiles',
  'outputFiles',
  'source',
  'target',
  'label',
  'url',
  'startingRef',
  'command',
  'folder',
  'copy',
  'plannerProviderId',
  'plannerModel',
]);
/** Control characters, line separators, and bidirectional controls. */
const invisible = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
/** Commands may have several lines, but no characters that would be invisible in their confirmation. */
const hiddenInCommand = /[[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]--[\t\n\r]]/v;
/** A workflow with such a problem often has it in many fields. */
const MAX_PROBLEMS = 100;

/** Text has no NUL and no unpaired surrogates, and single-line fields have no invisible characters. */
export function textProblems(workflow: Workflow): Problem[] {
  const problems: Problem[] = [];
  visit(workflow, [], problems);
  return problems;
}

function visit(value: unknown, path: ProblemPath, problems: Problem[]): void {
  if (problems.length >= MAX_PROBLEMS) return;
  if (typeof value === 'string') {
    const fault = faultOf(value, path);
    if (fault !== null) problems.push(textProblem(fault, path));
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(item, [...path, index], problems);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) visit(item, [...path, key], problems);
  }
}

function faultOf(text: string, path: ProblemPath): string | null {
  if (text.includes('\0')) return 'a NUL character';
  if (!text.isWellFormed()) return 'an incomplete character';
  const [character] = forbiddenIn(path)?.exec(text) ?? [];
  if (character === undefined) return null;
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `an invisible character (U+${code})`;
}

function forbiddenIn(path: ProblemPath): RegExp | null {
  if (path.includes('setup')) return hiddenInCommand;
  if (path.some((key) => longFields.has(key))) return null;
  return path.some((key) => shortFields.has(key)) ? invisible : null;
}

function textProblem(fault: string, path: ProblemPath): Problem {
  return problem(
    'error',
    'text_malformed',
    path,
    `${pointerOf(path)} contains ${fault}.`,
    'Remove it; it usually comes from text copied from another program.',
  );
}
