import type { ValidateBody } from '../contract/requests.ts';
import type { Validation } from '../contract/responses.ts';
import type { Outcome } from '../engine/api.ts';
import type { HandoffChecker } from '../handoff/checker.ts';
import { workflowProblems } from '../handoff/problems.ts';
import { openWorkflow } from '../workflow/files.ts';
import { readJson } from '../workflow/parse/json-text.ts';
import { parseWorkflow, workflowFrom } from '../workflow/parse.ts';
import type { Problem } from '../workflow/problem.ts';
import type { KnownProviders } from '../workflow/providers.ts';
import type { Workflow } from '../workflow/schema.ts';
import { isRunnable } from '../workflow/validate.ts';
import { failed } from './failure.ts';
import { checkWorkflowPath } from './workflow-path.ts';

/** What a validation depends on next to the workflow. */
export type ValidationContext = {
  readonly handoffs: HandoffChecker;
  readonly backend: () => 'cursor' | 'rehearsal';
  readonly providers: () => KnownProviders;
};

const problemsOf = (workflow: Workflow, { handoffs, backend, providers }: ValidationContext) =>
  workflowProblems(workflow, handoffs, { backend: backend(), providers: providers() });

/** Validates a workflow, wherever it comes from. A broken one is an answer, and so is a file that is none. */
export async function validate(
  body: ValidateBody,
  validating: ValidationContext,
): Promise<Outcome<Validation>> {
  const given = [body.path, body.text, body.workflow].filter((value) => value !== undefined);
  if (given.length !== 1) {
    return failed('bad_request', 'Exactly one of "path", "workflow" and "text" is required.');
  }
  if (body.path !== undefined) return await validateFile(body.path, validating);
  if (body.text !== undefined)
    return { ok: true, value: await validateText(body.text, validating) };
  const read = workflowFrom(body.workflow);
  if (!read.ok) return { ok: true, value: broken(read.problems) };
  const problems = await problemsOf(read.workflow, validating);
  return { ok: true, value: validation(read.workflow, problems) };
}

/** The same for the text of a workflow file; problems carry their line and column. */
export async function validateText(
  text: string,
  validating: ValidationContext,
): Promise<Validation> {
  const parsed = parseWorkflow(text);
  if (!parsed.ok) return broken(parsed.problems);
  const problems = (await problemsOf(parsed.workflow, validating)).map(parsed.locate);
  return validation(parsed.workflow, [...problems, ...parsed.notices]);
}

/** Why a text is no workflow at all, or null. One with mistakes in it may come in: it can be repaired here. */
export function checkWorkflowText(
  name: string,
  text: string,
): (Outcome<never> & { ok: false }) | null {
  const read = readJson(text);
  const [problem] = read.ok ? [] : read.problems;
  const isMeant = read.ok && isObject(read.json.value) && Array.isArray(read.json.value.agents);
  if (isMeant) return null;
  return failed(
    'file_invalid',
    `"${name}" is not a workflow: ${problem?.message ?? 'it has no list of agents.'}`,
    'No workflow was created. A workflow is a JSON document with a list of agents, as saved by this app.',
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

async function validateFile(
  path: string,
  validating: ValidationContext,
): Promise<Outcome<Validation>> {
  const refusal = await checkWorkflowPath(path);
  if (refusal !== null) return refusal;
  const opened = await openWorkflow(path);
  if (!opened.ok) {
    const { problems } = opened.error;
    return problems === undefined ? opened : { ok: true, value: broken(problems) };
  }
  const { workflow, locate, notices } = opened.value;
  const problems = (await problemsOf(workflow, validating)).map(locate);
  return { ok: true, value: validation(workflow, [...problems, ...notices]) };
}

function validation(workflow: Workflow, problems: readonly Problem[]): Validation {
  return { ok: isRunnable(problems), problems: problems.map(mutable), workflow: { ...workflow } };
}

function broken(problems: readonly Problem[]): Validation {
  return { ok: false, problems: problems.map(mutable), workflow: null };
}

const mutable = (found: Problem) => ({ ...found, path: [...found.path] });
