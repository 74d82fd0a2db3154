import { sizeProblems } from './limits.ts';
import { readJson } from './parse/json-text.ts';
import { problemsDespiteFaults } from './parse/problems-despite-faults.ts';
import { shapeProblems } from './parse/shape-problems.ts';
import { type Problem, problem } from './problem.ts';
import { WORKFLOW_VERSION, type Workflow, workflowSchema } from './schema.ts';

export type ParsedWorkflow =
  | {
      readonly ok: true;
      readonly workflow: Workflow;
      /** Problems that do not prevent reading it, such as a duplicate key. */
      readonly notices: readonly Problem[];
      /** Adds line and column to problems that the rules find later. */
      readonly locate: (found: Problem) => Problem;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Parses the text of a `.cerevisor` file: syntax, version and shape. Reports all problems at once, with line and column.
 * The rules are applied separately (`validateWorkflow`), except if the shape is faulty: then problems that the rules find
 * in the rest are included.
 *
 * @example
 * const parsed = parseWorkflow(text);
 * if (!parsed.ok) for (const { line, message } of parsed.problems) console.error(line, message);
 */
export function parseWorkflow(text: string): ParsedWorkflow {
  const read = readJson(text);
  if (!read.ok) return read;
  const { value, locate, duplicateKeys } = read.json;
  const shaped = workflowFrom(value);
  if (!shaped.ok) return { ok: false, problems: shaped.problems.map(locate) };
  return { ok: true, workflow: shaped.workflow, notices: duplicateKeys, locate };
}

/** The same for a parsed document, such as a request body. Problems have no line and column. */
export function workflowFrom(
  document: unknown,
): { ok: true; workflow: Workflow } | { ok: false; problems: Problem[] } {
  const versionProblem = checkVersion(document);
  // In another version, fields may have other meanings, so further problems would be misleading.
  if (versionProblem) return { ok: false, problems: [versionProblem] };
  const tooLarge = sizeProblems(document);
  if (tooLarge.length > 0) return { ok: false, problems: tooLarge };
  const result = workflowSchema.safeParse(document);
  if (result.success) return { ok: true, workflow: result.data };
  const problems = shapeProblems(result.error.issues, document);
  const faults = problems.map(({ path }) => path);
  return { ok: false, problems: [...problems, ...problemsDespiteFaults(document, faults)] };
}

function checkVersion(document: unknown): Problem | undefined {
  if (typeof document !== 'object' || document === null || !Object.hasOwn(document, 'version'))
    return undefined;
  const { version } = document as { version: unknown };
  if (version === WORKFLOW_VERSION || typeof version !== 'string') return undefined;
  if (isLater(version))
    return problem(
      'error',
      'version_later',
      ['version'],
      `The workflow has version "${version}", but this Cerevisor reads version "${WORKFLOW_VERSION}".`,
      'Update Cerevisor, or save the workflow with a version of Cerevisor that writes version "1.0".',
    );
  return problem(
    'error',
    'version_unknown',
    ['version'],
    `The workflow has version ${JSON.stringify(version)}, which does not exist.`,
    `Set "version" to "${WORKFLOW_VERSION}" if this is a Cerevisor workflow.`,
  );
}

function isLater(version: string): boolean {
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(version);
  if (!match) return false;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  return major > 1 || (major === 1 && minor > 0);
}
