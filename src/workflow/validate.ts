import { hasErrors, type Problem } from './problem.ts';
import { agentProblems } from './rules/agents.ts';
import { connectionProblems } from './rules/connections.ts';
import { mcpServerProblems } from './rules/mcp-servers.ts';
import { flowTypeProblems } from './rules/not-yet.ts';
import { orderProblems } from './rules/order.ts';
import { repositoryProblems } from './rules/repositories.ts';
import { type RunConditions, runProblems } from './rules/run.ts';
import type { Workflow } from './schema.ts';

/**
 * Everything wrong or worth knowing about a workflow, errors first: the one judgement of `validate`, the canvas and
 * `run`. It may run when `isRunnable` says so. Conditions are what a run says otherwise than the file.
 *
 * @example
 * const problems = validateWorkflow(workflow, { mode: 'cloud', backend: 'rehearsal' });
 * if (!isRunnable(problems)) return refuse(problems);
 */
export function validateWorkflow(workflow: Workflow, conditions: RunConditions = {}): Problem[] {
  const { repositories } = conditions;
  const asRun = repositories === undefined ? workflow : withRepositories(workflow, repositories);
  return bySeverity([
    ...agentProblems(asRun),
    ...connectionProblems(asRun),
    ...orderProblems(asRun),
    ...repositoryProblems(asRun),
    ...mcpServerProblems(asRun),
    ...flowTypeProblems(asRun),
    ...runProblems(workflow, conditions),
  ]);
}

/** Warnings and notices do not stand in the way. */
export function isRunnable(problems: readonly Problem[]): boolean {
  return !hasErrors(problems);
}

function withRepositories(
  workflow: Workflow,
  repositories: NonNullable<RunConditions['repositories']>,
): Workflow {
  const { settings } = workflow;
  const repos = repositories.map(({ url, startingRef }) =>
    startingRef === undefined ? { url } : { url, startingRef },
  );
  return { ...workflow, settings: { ...settings, cloud: { ...settings.cloud, repos } } };
}

const rank = { error: 0, warning: 1, notice: 2 } as const;

function bySeverity(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => rank[one.severity] - rank[other.severity]);
}
