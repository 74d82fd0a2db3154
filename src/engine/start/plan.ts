import { workflowProblems } from '../../handoff/problems.ts';
import type { Budget, ProviderTable, RepositoryTarget } from '../../session/events.ts';
import { maxPullRequests } from '../../workflow/extent.ts';
import { withInferredConnections } from '../../workflow/inferred-connections.ts';
import { inputProblems } from '../../workflow/limits.ts';
import { workflowFrom } from '../../workflow/parse.ts';
import {
  agentsIn,
  CURSOR_PROVIDER,
  providerOf,
  withDefaultProvider,
} from '../../workflow/placement.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { isRunnable } from '../../workflow/validate.ts';
import type { StartRequest } from '../api.ts';
import type { EngineContext } from '../context.ts';
import { type LocalPlan, localPlanOf } from './local-plan.ts';

/** A start request with its workflow, in which the overrides of the request are applied, and all problems of it. */
export type Plan = {
  /** Null if the document is not a workflow. */
  readonly workflow: Workflow | null;
  readonly problems: readonly Problem[];
  readonly isRunnable: boolean;
  /** The run mode of agents without their own; the same as in the settings of `workflow`. */
  readonly mode: 'cloud' | 'local';
  /** Null if no agent works on this machine, or none can. */
  readonly local: LocalPlan | null;
  readonly repositories: readonly RepositoryTarget[];
  readonly autoCreatePr: boolean;
  /** Null: the session has no limit. */
  readonly budget: Budget | null;
  /** The providers that names refer to; null if only Cursor is known. */
  readonly providers: ProviderTable | null;
  readonly onlyAgentId: string | null;
};

/** Default concurrency of a session: what Cursor's smallest paid plan allows. */
export const DEFAULT_CONCURRENT_AGENTS = 8;

/** Parses, completes and validates a start request, without any request to Cursor. */
export async function planOf(
  request: StartRequest,
  backend: 'cursor' | 'rehearsal',
  {
    handoffs,
    machine,
    providers: known,
  }: Pick<EngineContext, 'handoffs' | 'machine' | 'providers'>,
): Promise<Plan> {
  const locate = request.locate ?? ((unchanged: Problem) => unchanged);
  const read = workflowFrom(request.workflow);
  if (!read.ok) return unreadable(request, read.problems.map(locate));
  const only = withOnlyAgent(read.workflow, request.onlyAgentId);
  const providers = known?.() ?? null;
  const mode = request.mode ?? modeOf(only.workflow, request, providers?.defaultId);
  const repositories = request.repositories ?? only.workflow.settings.cloud.repos.map(targetOf);
  const autoCreatePr = request.autoCreatePr ?? only.workflow.settings.cloud.autoCreatePR;
  const asDrawn = withDefaultProvider(withRunMode(only.workflow, mode), providers?.defaultId);
  const { workflow } = withInferredConnections(asDrawn);
  const local = await localPlanOf(machine, workflow, request, repositories);
  const problems = [
    // Validates the drawn connections, as `validate` does, so that all paths exist in the document.
    ...(await workflowProblems(asDrawn, handoffs, {
      mode,
      repositories,
      backend,
      autoCreatePr,
      ...(request.budget?.tokens === undefined ? {} : { tokenBudget: request.budget.tokens }),
      ...(providers === null
        ? {}
        : {
            providers: {
              defaultId: providers.defaultId,
              references: Object.keys(providers.choices),
            },
          }),
    })),
    ...inputProblems(request.input),
    ...only.problems,
    ...local.problems,
  ].map(locate);
  return {
    workflow,
    problems,
    isRunnable: isRunnable(problems),
    mode,
    local: local.plan,
    repositories,
    autoCreatePr,
    budget: budgetOf(workflow, request),
    providers,
    onlyAgentId: request.onlyAgentId ?? null,
  };
}

function unreadable(request: StartRequest, problems: readonly Problem[]): Plan {
  return {
    workflow: null,
    problems,
    isRunnable: false,
    mode: request.mode ?? 'local',
    local: null,
    repositories: [],
    autoCreatePr: false,
    budget: null,
    providers: null,
    onlyAgentId: null,
  };
}

function budgetOf({ settings }: Workflow, { budget }: StartRequest): Budget | null {
  const usd = budget?.usd ?? settings.budget.usd ?? null;
  const tokens = budget?.tokens ?? settings.budget.tokens ?? null;
  return usd === null && tokens === null ? null : { usd, tokens };
}

/** The document with the run mode of this run in its settings. */
function withRunMode(workflow: Workflow, runMode: Plan['mode']): Workflow {
  const { settings } = workflow;
  return settings.runMode === runMode
    ? workflow
    : { ...workflow, settings: { ...settings, runMode } };
}

function targetOf({ url, startingRef, prUrl }: RepositoryTarget): RepositoryTarget {
  return {
    url,
    ...(startingRef === undefined ? {} : { startingRef }),
    ...(prUrl === undefined ? {} : { prUrl }),
  };
}

/** The workflow with only one of its agents and no connections. */
function withOnlyAgent(
  workflow: Workflow,
  id: string | undefined,
): { workflow: Workflow; problems: Problem[] } {
  if (id === undefined) return { workflow, problems: [] };
  const agents = workflow.agents.filter((agent) => agent.id === id);
  if (agents.length > 0) {
    // Rounds over the whole workflow make no sense for one agent of it.
    const loopAndEnhance = { ...workflow.settings.loopAndEnhance, enabled: false };
    const settings = { ...workflow.settings, loopAndEnhance };
    return { workflow: { ...workflow, agents, connections: [], settings }, problems: [] };
  }
  const missing = problem(
    'error',
    'agent_unknown',
    ['agents'],
    `The workflow has no agent "${id}".`,
  );
  return { workflow, problems: [missing] };
}

/** The workflow's, unless the one agent of it that is to run cannot run in a cloud. */
function modeOf(
  workflow: Workflow,
  { onlyAgentId }: StartRequest,
  defaultId: string | undefined,
): Plan['mode'] {
  const { agents, settings } = withDefaultProvider(workflow, defaultId);
  const isLocal = agents.every((agent) => providerOf(agent, settings) !== CURSOR_PROVIDER);
  return onlyAgentId !== undefined && isLocal ? 'local' : settings.runMode;
}

/** The maximum number of pull requests of the run. */
export function pullRequestCount({ autoCreatePr, workflow, repositories }: Plan): number {
  return autoCreatePr && workflow !== null ? maxPullRequests(workflow, repositories.length) : 0;
}

/** Whether any agent of the run works in this mode. */
export function runsIn(mode: 'cloud' | 'local', { workflow }: Plan): boolean {
  return workflow !== null && agentsIn(mode, workflow).length > 0;
}
