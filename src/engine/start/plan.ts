import type { HandoffChecker } from '../../handoff/checker.ts';
import { workflowProblems } from '../../handoff/problems.ts';
import type { RepositoryTarget } from '../../session/events.ts';
import { finalAgents, graphOf } from '../../workflow/graph.ts';
import { withInferredConnections } from '../../workflow/inferred-connections.ts';
import { inputProblems } from '../../workflow/limits.ts';
import { workflowFrom } from '../../workflow/parse.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { isRunnable } from '../../workflow/validate.ts';
import type { StartRequest } from '../api.ts';

/** A start request made whole: the document with what the request overrides, and everything wrong with it. */
export type Plan = {
  /** Null when the document cannot even be read as a workflow. */
  readonly workflow: Workflow | null;
  readonly problems: readonly Problem[];
  readonly isRunnable: boolean;
  readonly mode: 'cloud' | 'local';
  readonly repositories: readonly RepositoryTarget[];
  readonly autoCreatePr: boolean;
  readonly onlyAgentId: string | null;
};

/** Concurrency of one session unless the workflow says otherwise: what Cursor's smallest paid plan allows. */
export const DEFAULT_CONCURRENT_AGENTS = 8;

/** Reads, completes and validates what is to be started. Nothing is asked of Cursor. */
export async function planOf(
  request: StartRequest,
  backend: 'cursor' | 'rehearsal',
  handoffs: HandoffChecker,
): Promise<Plan> {
  const locate = request.locate ?? ((found: Problem) => found);
  const read = workflowFrom(request.workflow);
  if (!read.ok) return unreadable(request, read.problems.map(locate));
  const inferred = withInferredConnections(read.workflow);
  const only = narrowed(inferred.workflow, request.onlyAgentId);
  const mode = request.mode ?? only.workflow.settings.runMode;
  const repositories = request.repositories ?? only.workflow.settings.cloud.repos.map(targetOf);
  const autoCreatePr = request.autoCreatePr ?? only.workflow.settings.cloud.autoCreatePR;
  const problems = [
    ...(await workflowProblems(only.workflow, handoffs, {
      mode,
      repositories,
      backend,
      autoCreatePr,
    })),
    ...inferred.problems,
    ...inputProblems(request.input),
    ...only.problems,
  ].map(locate);
  return {
    workflow: only.workflow,
    problems,
    isRunnable: isRunnable(problems),
    mode,
    repositories,
    autoCreatePr,
    onlyAgentId: request.onlyAgentId ?? null,
  };
}

function unreadable(request: StartRequest, problems: readonly Problem[]): Plan {
  return {
    workflow: null,
    problems,
    isRunnable: false,
    mode: request.mode ?? 'cloud',
    repositories: [],
    autoCreatePr: false,
    onlyAgentId: null,
  };
}

function targetOf({ url, startingRef, prUrl }: RepositoryTarget): RepositoryTarget {
  return {
    url,
    ...(startingRef === undefined ? {} : { startingRef }),
    ...(prUrl === undefined ? {} : { prUrl }),
  };
}

/** One agent run alone: nobody before it, nobody after it. */
function narrowed(
  workflow: Workflow,
  id: string | undefined,
): { workflow: Workflow; problems: Problem[] } {
  if (id === undefined) return { workflow, problems: [] };
  const agents = workflow.agents.filter((agent) => agent.id === id);
  if (agents.length > 0)
    return { workflow: { ...workflow, agents, connections: [] }, problems: [] };
  const missing = problem(
    'error',
    'agent_unknown',
    ['agents'],
    `The workflow has no agent "${id}".`,
  );
  return { workflow, problems: [missing] };
}

/** How many pull requests the run could open: one for each opening agent and repository. */
export function pullRequestCount(plan: Plan): number {
  if (!plan.autoCreatePr || plan.workflow === null) return 0;
  const { agents, settings } = plan.workflow;
  const openers =
    settings.cloud.pullRequests === 'each-agent'
      ? agents.length
      : finalAgents(graphOf(plan.workflow)).length;
  return openers * plan.repositories.length;
}
