import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ConfirmationKind, Preflight } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { type Plan, pullRequestCount } from './plan.ts';

type Question = {
  readonly kind: ConfirmationKind;
  readonly message: string;
  /** What the answer is about: once this changes, the question is open again. Absent: whatever the workflow becomes. */
  readonly content?: string;
};

const storedSchema = z.object({ content: z.string().optional() }).catch({});

/** Where a confirmation is kept: beside the journal's events, by workflow, never in the shareable file. */
export function confirmationKey(kind: ConfirmationKind, workflowId: string): string {
  return `confirmation/${kind}/${workflowId}`;
}

/** What a person still has to confirm. */
export function openConfirmations(
  context: EngineContext,
  plan: Plan,
  confirmed: readonly ConfirmationKind[],
): Preflight['confirmations'] {
  return questionsOf(plan)
    .filter((question) => !confirmed.includes(question.kind) && isOpen(context, plan, question))
    .map(({ kind, message }) => ({ kind, message }));
}

/** Keeps what the person confirmed with this start. */
export function rememberConfirmations(
  context: EngineContext,
  plan: Plan,
  confirmed: readonly ConfirmationKind[],
): void {
  const { workflow } = plan;
  if (workflow === null) return;
  const at = context.clock.now();
  for (const { kind, content } of questionsOf(plan)) {
    if (!confirmed.includes(kind)) continue;
    const fact = { at, ...(content === undefined ? {} : { content }) };
    context.journal.facts.set(confirmationKey(kind, workflow.id), fact);
  }
}

function isOpen({ journal }: EngineContext, { workflow }: Plan, question: Question): boolean {
  const fact = journal.facts.get(confirmationKey(question.kind, workflow?.id ?? ''));
  if (fact === undefined) return true;
  return question.content !== undefined && storedSchema.parse(fact).content !== question.content;
}

function questionsOf(plan: Plan): readonly Question[] {
  if (plan.mode !== 'cloud' || plan.workflow === null) return [];
  return [...aboutPullRequests(plan), ...aboutCurrentBranch(plan), ...aboutVariables(plan)];
}

/** A pull request cannot be taken back, so it takes two: on enabling, and on first firing. */
function aboutPullRequests(plan: Plan): readonly Question[] {
  const { workflow } = plan;
  if (!plan.autoCreatePr || workflow === null) return [];
  const count = pullRequestCount(plan);
  const what = `up to ${count} pull request${count === 1 ? '' : 's'} on ${placesOf(plan)}`;
  return [
    {
      kind: 'auto-create-pr-enable',
      message: `Turn on Auto-create PR for "${workflow.name}"? Its runs then open ${what}.`,
    },
    {
      kind: 'auto-create-pr-fire',
      message: `Run "${workflow.name}" with Auto-create PR for the first time? This run opens ${what}.`,
    },
  ];
}

/** What was pushed to a branch that others use cannot be taken back either. */
function aboutCurrentBranch(plan: Plan): readonly Question[] {
  const { workflow, repositories } = plan;
  if (workflow?.settings.cloud.workOnCurrentBranch !== true || repositories.length === 0) return [];
  const branches = repositories.map(({ url, startingRef, prUrl }) =>
    prUrl === undefined
      ? `${startingRef ?? 'the default branch'} of ${url}`
      : `the branch of ${prUrl}`,
  );
  return [
    {
      kind: 'work-on-current-branch',
      message: `Let the agents of "${workflow.name}" push to ${branches.join(' and ')}?`,
      content: hashOf(branches),
    },
  ];
}

/** A workflow may come from anybody, and what its agents do with a value is up to their instructions. */
function aboutVariables(plan: Plan): readonly Question[] {
  const { workflow } = plan;
  const names = workflow?.settings.cloud.envVars ?? [];
  if (workflow === null || names.length === 0) return [];
  const { agents, settings } = workflow;
  return [
    {
      kind: 'pass-variables',
      message: `Pass the values of ${names.join(', ')} to the agents of "${workflow.name}"? They leave this machine, and the agents can use them without restriction.`,
      content: hashOf([
        names,
        agents.map(({ position: _, ...agent }) => agent),
        settings.mcpServers,
        plan.repositories,
      ]),
    },
  ];
}

const placesOf = ({ repositories }: Plan): string => repositories.map(({ url }) => url).join(', ');

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
