import { createHash } from 'node:crypto';
import { z } from 'zod';
import { plural } from '../../lib/format.ts';
import type { ConfirmationKind, OpenConfirmation, Preflight, StartRequest } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { type Plan, pullRequestCount, runsIn } from './plan.ts';

type Question = OpenConfirmation & {
  /** A confirmation without `content` does not count. */
  readonly needsContent?: boolean;
};

type Confirmed = Pick<StartRequest, 'confirmed' | 'confirmedContent'>;

const storedSchema = z.object({ content: z.string().optional() }).catch({});

/** The key under which the journal stores a confirmation for a workflow. It is never stored in the workflow file. */
export function confirmationKey(kind: ConfirmationKind, workflowId: string): string {
  return `confirmation/${kind}/${workflowId}`;
}

/** What the user still has to confirm. */
export function openConfirmations(
  context: EngineContext,
  plan: Plan,
  answers: Confirmed,
): Preflight['confirmations'] {
  return questionsOf(plan)
    .filter((question) => !isConfirmed(answers, question) && isOpen(context, plan, question))
    .map(({ needsContent: _, ...question }) => question);
}

/** Whether the user still has to trust the workflow. Until then, nothing of it is started on this machine. */
export const asksForTrust = (context: EngineContext, plan: Plan, answers: Confirmed): boolean =>
  openConfirmations(context, plan, answers).some(({ kind }) => kind === 'trust-workflow');

/** Stores what the user confirmed with this start. */
export function storeConfirmations(context: EngineContext, plan: Plan, answers: Confirmed): void {
  const { workflow } = plan;
  if (workflow === null) return;
  const at = context.clock.now();
  for (const question of questionsOf(plan)) {
    if (!isConfirmed(answers, question)) continue;
    const { kind, content } = question;
    const fact = { at, ...(content === undefined ? {} : { content }) };
    context.journal.facts.set(confirmationKey(kind, workflow.id), fact);
  }
}

/** A confirmation counts only for the content that was shown. */
function isConfirmed(
  { confirmed = [], confirmedContent = {} }: Confirmed,
  question: Question,
): boolean {
  const content = confirmedContent[question.kind];
  const mustMatch = question.needsContent === true || content !== undefined;
  return confirmed.includes(question.kind) && (!mustMatch || content === question.content);
}

function isOpen({ journal }: EngineContext, { workflow }: Plan, question: Question): boolean {
  const fact = journal.facts.get(confirmationKey(question.kind, workflow?.id ?? ''));
  if (fact === undefined) return true;
  return question.content !== undefined && storedSchema.parse(fact).content !== question.content;
}

function questionsOf(plan: Plan): readonly Question[] {
  if (plan.workflow === null) return [];
  return [
    ...(runsIn('cloud', plan)
      ? [...aboutPullRequests(plan), ...aboutCurrentBranch(plan), ...aboutVariables(plan)]
      : []),
    ...aboutThisMachine(plan),
  ];
}

function aboutThisMachine({ workflow, local }: Plan): readonly Question[] {
  if (workflow === null || local === null) return [];
  const questions: Question[] = [];
  const { trust, pushTo, folder } = local;
  if (trust !== null) {
    const { message, content } = trust;
    questions.push({ kind: 'trust-workflow', message, content, needsContent: true });
  }
  if (local.needsConsentWithoutSandbox)
    questions.push({
      kind: 'run-without-sandbox',
      message: `"${workflow.name}" requires its agents to ask before they write files. Cursor Agent cannot ask while it works, and this machine has no sandbox to restrict it. Allow its agents to write without asking, in ${folder.folder} and wherever else you can write?`,
      content: hashOf([folder.folder, workflow.settings.local.isolation]),
    });
  if (pushTo !== null)
    questions.push({
      kind: 'push-local-branches',
      message: `Agents of "${workflow.name}" in the cloud start from the work of agents on this machine. Push those branches (cerevisor/…) to ${pushTo.remoteUrl}?`,
      content: hashOf(pushTo),
    });
  return questions;
}

/** A pull request cannot be undone, so there are two confirmations: when enabled, and before the first one. */
function aboutPullRequests(plan: Plan): readonly Question[] {
  const { workflow } = plan;
  if (!plan.autoCreatePr || workflow === null) return [];
  const count = pullRequestCount(plan);
  const what = `up to ${plural(count, 'pull request')} on ${placesOf(plan)}`;
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

/** Pushes to a branch that others use cannot be undone either. */
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
      message: `Allow the agents of "${workflow.name}" to push to ${branches.join(' and ')}?`,
      content: hashOf(branches),
    },
  ];
}

/** A workflow may come from anyone, and its instructions determine what agents do with the values. */
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
