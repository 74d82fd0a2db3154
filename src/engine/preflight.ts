import { wavesOf } from '../workflow/graph.ts';
import type { Problem } from '../workflow/problem.ts';
import { problem } from '../workflow/problem.ts';
import type { ConfirmationKind, Preflight, StartRequest } from './api.ts';
import type { EngineContext } from './context.ts';
import { DEFAULT_CONCURRENT_AGENTS, type Plan, planOf, pullRequestCount } from './plan.ts';

export const COST_NOTE =
  'Billed by your Cursor subscription; Cursor does not tell the price of a run beforehand.';

const LIMITATIONS = [
  'Uncommitted changes on this machine are not seen: agents clone the repositories.',
  'Changes of declared files are not tracked between this machine and the cloud.',
  "Cerevisor's own MCP servers are not used; Cursor connects the servers that the workflow or your dashboard names.",
  'There are no permission prompts while agents run.',
];

/** Everything about a run before it starts: what it would do, what stands in its way, what has to be confirmed. */
export async function preflight(context: EngineContext, request: StartRequest): Promise<Preflight> {
  const plan = await planOf(request, context.provider().backend.kind, context.handoffs);
  const problems = [
    ...plan.problems,
    ...licenseProblems(context, plan),
    ...(await accountProblems(context, plan)),
  ];
  return {
    canStart: !problems.some(({ severity }) => severity === 'error'),
    problems,
    summary: summaryOf(plan),
    confirmations: openConfirmations(context, plan, request.confirmed ?? []),
  };
}

function summaryOf(plan: Plan): Preflight['summary'] {
  const { workflow } = plan;
  if (workflow === null) return null;
  const names = new Map(workflow.agents.map(({ id, name }) => [id, name]));
  return {
    agents: workflow.agents.length,
    waves: wavesOf(workflow).map((wave) => wave.map((id) => ({ id, name: names.get(id) ?? id }))),
    mode: plan.mode,
    repositories: plan.repositories,
    pullRequests: pullRequestCount(plan),
    maxConcurrentAgents: workflow.settings.cloud.maxConcurrentAgents ?? DEFAULT_CONCURRENT_AGENTS,
    costUsd: 0,
    costNote: COST_NOTE,
    limitations: plan.mode === 'cloud' ? LIMITATIONS : [],
  };
}

function licenseProblems(context: EngineContext, plan: Plan): Problem[] {
  const licence = context.mayStartCloudRuns();
  if (plan.mode !== 'cloud' || licence.ok) return [];
  const { code, message, suggestion } = licence.error;
  return [problem('error', code, [], message, suggestion)];
}

/** What the account says: a refused key, and models that it does not have. An unreachable Cursor is a warning. */
async function accountProblems(context: EngineContext, plan: Plan): Promise<Problem[]> {
  if (plan.mode !== 'cloud' || plan.workflow === null) return [];
  const account = await context.provider().account();
  if (!account.ok) {
    const isRefused = account.error.code === 'unauthorized' || account.error.code === 'forbidden';
    return [
      problem(
        isRefused ? 'error' : 'warning',
        isRefused ? account.error.code : 'cursor_unreachable',
        [],
        account.error.message,
        account.error.suggestion ??
          'The session can start now; its agents wait until Cursor answers.',
      ),
    ];
  }
  return modelProblems(context, plan);
}

async function modelProblems(context: EngineContext, plan: Plan): Promise<Problem[]> {
  const agents = plan.workflow?.agents ?? [];
  if (agents.every(({ model }) => model === undefined)) return [];
  const models = await context.provider().models();
  if (!models.ok) return [];
  const known = new Set(models.value.flatMap(({ id, aliases }) => [id, ...aliases]));
  return agents.flatMap(({ model, name }, index) =>
    model === undefined || known.has(model)
      ? []
      : [
          problem(
            'error',
            'invalid_model',
            ['agents', index, 'model'],
            `The account has no model "${model}", which "${name}" asks for.`,
            `Known models: ${[...known].slice(0, 12).join(', ')}.`,
          ),
        ],
  );
}

/** Where a confirmation is kept: beside the journal's events, by workflow, never in the shareable file. */
export function confirmationKey(kind: ConfirmationKind, workflowId: string): string {
  return `confirmation/${kind}/${workflowId}`;
}

/** What a person still has to confirm. A pull request cannot be taken back, so it takes two: on enabling, and on first firing. */
export function openConfirmations(
  context: EngineContext,
  plan: Plan,
  confirmed: readonly ConfirmationKind[],
): Preflight['confirmations'] {
  const { workflow } = plan;
  if (!plan.autoCreatePr || workflow === null || plan.mode !== 'cloud') return [];
  const count = pullRequestCount(plan);
  const where = plan.repositories.map(({ url }) => url).join(', ');
  const what = `up to ${count} pull request${count === 1 ? '' : 's'} on ${where}`;
  const messages: readonly { kind: ConfirmationKind; message: string }[] = [
    {
      kind: 'auto-create-pr-enable',
      message: `Turn on Auto-create PR for "${workflow.name}"? Its runs then open ${what}.`,
    },
    {
      kind: 'auto-create-pr-fire',
      message: `Run "${workflow.name}" with Auto-create PR for the first time? This run opens ${what}.`,
    },
  ];
  return messages.filter(
    ({ kind }) =>
      !confirmed.includes(kind) &&
      context.journal.facts.get(confirmationKey(kind, workflow.id)) === undefined,
  );
}
