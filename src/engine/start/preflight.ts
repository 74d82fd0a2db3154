import { wavesOf } from '../../workflow/graph.ts';
import type { Problem } from '../../workflow/problem.ts';
import { problem } from '../../workflow/problem.ts';
import type { Preflight, StartRequest } from '../api.ts';
import { SESSION_RUNTIME } from '../compose/runtime.ts';
import type { EngineContext } from '../context.ts';
import { openConfirmations } from './confirmations.ts';
import { modelProblems } from './model-problems.ts';
import { DEFAULT_CONCURRENT_AGENTS, type Plan, planOf, pullRequestCount } from './plan.ts';
import { missingValues, readVariables } from './variables.ts';

const costNotes = {
  cursor:
    'Billed to your Cursor subscription; Cursor does not state the price of a run in advance.',
  rehearsal: 'The rehearsal cloud costs nothing.',
} as const;

const LIMITATIONS = [
  'Uncommitted changes on this machine are not included: agents clone the repositories.',
  'Changes to declared files are not tracked between this machine and the cloud.',
  "Cerevisor's own MCP servers are not used; the cloud connects the servers that the workflow or your dashboard defines.",
  'There are no permission prompts while agents run.',
];

/** Everything about a run before it starts: what it would do, what stands in its way, what has to be confirmed. */
export async function preflight(context: EngineContext, request: StartRequest): Promise<Preflight> {
  const plan = await planOf(
    request,
    context.runtime(SESSION_RUNTIME).backend.kind,
    context.handoffs,
  );
  const problems = [
    ...plan.problems,
    ...licenseProblems(context, plan),
    ...variableProblems(context, plan),
    ...(await accountProblems(context, plan)),
  ];
  return {
    canStart: !problems.some(({ severity }) => severity === 'error'),
    problems,
    summary: summaryOf(plan, context.runtime(SESSION_RUNTIME).backend.kind),
    confirmations: openConfirmations(context, plan, request.confirmed ?? []),
  };
}

function summaryOf(plan: Plan, backend: keyof typeof costNotes): Preflight['summary'] {
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
    costNote: costNotes[backend],
    limitations: plan.mode === 'cloud' ? LIMITATIONS : [],
  };
}

function licenseProblems(context: EngineContext, plan: Plan): Problem[] {
  const licence = context.mayStartCloudRuns();
  if (plan.mode !== 'cloud' || licence.ok) return [];
  const { code, message, suggestion } = licence.error;
  return [problem('error', code, [], message, suggestion)];
}

/** A variable without a value would only be missed after the start, by an agent that waits for it. */
function variableProblems(context: EngineContext, plan: Plan): Problem[] {
  const names = plan.workflow?.settings.cloud.envVars ?? [];
  if (plan.mode !== 'cloud' || names.length === 0) return [];
  const failure = missingValues(readVariables(context, names));
  if (failure === null) return [];
  const path = ['settings', 'cloud', 'envVars'];
  return [problem('error', failure.code, path, failure.message, failure.suggestion)];
}

/** What the account says: a refused key, and models that it does not have. An unreachable Cursor is a warning. */
async function accountProblems(context: EngineContext, plan: Plan): Promise<Problem[]> {
  if (plan.mode !== 'cloud' || plan.workflow === null) return [];
  const account = await context.runtime(SESSION_RUNTIME).account();
  if (!account.ok) {
    const isRefused = account.error.code === 'unauthorized' || account.error.code === 'forbidden';
    return [
      problem(
        isRefused ? 'error' : 'warning',
        isRefused ? account.error.code : 'cursor_unreachable',
        [],
        account.error.message,
        account.error.suggestion ??
          'The session can start now; its agents wait until the cloud responds.',
      ),
    ];
  }
  return modelProblems(context, plan);
}
