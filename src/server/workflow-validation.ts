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
import type { Services } from './services.ts';
import { checkWorkflowPath } from './workflow-path.ts';

/** What validation depends on besides the workflow. */
export type ValidationContext = {
  readonly handoffs: HandoffChecker;
  readonly backend: () => 'cursor' | 'rehearsal';
  readonly providers: () => KnownProviders;
};

/** The validation context of the running daemon. */
export const validationContext = ({
  handoffs,
  provider,
  providers,
}: Pick<Services, 'handoffs' | 'provider' | 'providers'>): ValidationContext => ({
  handoffs,
  backend: () => provider().backend.kind,
  providers: () => providers.known(),
});

const problemsOf = (workflow: Workflow, { handoffs, backend, providers }: ValidationContext) =>
  workflowProblems(workflow, handoffs, { backend: backend(), providers: providers() });

/** Validates a workflow given by path, text or document. An invalid workflow is a successful result. */
export async function validate(
  body: ValidateBody,
  context: ValidationContext,
): Promise<Outcome<Validation>> {
  const sources = [body.path, body.text, body.workflow].filter((value) => value !== undefined);
  if (sources.length !== 1) {
    return failed('bad_request', 'Exactly one of "path", "workflow" and "text" is required.');
  }
  if (body.path !== undefined) return await validateFile(body.path, context);
  if (body.text !== undefined) return { ok: true, value: await validateText(body.text, context) };
  const read = workflowFrom(body.workflow);
  if (!read.ok) return { ok: true, value: unreadable(read.problems) };
  const problems = await problemsOf(read.workflow, context);
  return { ok: true, value: validation(read.workflow, problems) };
}

/** The same for the text of a workflow file; problems include their line and column. */
export async function validateText(text: string, context: ValidationContext): Promise<Validation> {
  const parsed = parseWorkflow(text);
  if (!parsed.ok) return unreadable(parsed.problems);
  const problems = (await problemsOf(parsed.workflow, context)).map(parsed.locate);
  return validation(parsed.workflow, [...problems, ...parsed.notices]);
}

/** Checks that a text is a workflow; null if it is. It may have problems, because the app can fix them. */
export function checkWorkflowText(
  name: string,
  text: string,
): (Outcome<never> & { ok: false }) | null {
  const read = readJson(text);
  const [problem] = read.ok ? [] : read.problems;
  const isWorkflow = read.ok && isObject(read.json.value) && Array.isArray(read.json.value.agents);
  if (isWorkflow) return null;
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
  context: ValidationContext,
): Promise<Outcome<Validation>> {
  const refusal = await checkWorkflowPath(path);
  if (refusal !== null) return refusal;
  const opened = await openWorkflow(path);
  if (!opened.ok) {
    const { problems } = opened.error;
    return problems === undefined ? opened : { ok: true, value: unreadable(problems) };
  }
  const { workflow, locate, notices } = opened.value;
  const problems = (await problemsOf(workflow, context)).map(locate);
  return { ok: true, value: validation(workflow, [...problems, ...notices]) };
}

function validation(workflow: Workflow, problems: readonly Problem[]): Validation {
  return { ok: isRunnable(problems), problems: problems.map(mutable), workflow: { ...workflow } };
}

function unreadable(problems: readonly Problem[]): Validation {
  return { ok: false, problems: problems.map(mutable), workflow: null };
}

const mutable = (problem: Problem) => ({ ...problem, path: [...problem.path] });
