import { hasErrors, type Problem } from './problem.ts';
import { agentProblems } from './rules/agents.ts';
import { connectionProblems, flowTypeProblems } from './rules/connections.ts';
import { mcpServerProblems } from './rules/mcp-servers.ts';
import { orderProblems } from './rules/order.ts';
import { repositoryProblems } from './rules/repositories.ts';
import { ownModeProblems, type RunConditions, runProblems } from './rules/run.ts';
import type { Workflow } from './schema.ts';

/**
 * Everything wrong or worth knowing about a workflow as it stands, errors first. A run may bring conditions of its
 * own (`validateForRun`), so what it can still make good is no error here.
 */
export function validateWorkflow(workflow: Workflow): Problem[] {
  return bySeverity([
    ...documentProblems(workflow),
    ...flowTypeProblems(workflow, 'warning'),
    ...ownModeProblems(workflow),
  ]);
}

/**
 * The preflight of one run: all that is wrong with the document, and what these conditions add.
 * The run may start when `isRunnable` says so.
 *
 * @example
 * const problems = validateForRun(workflow, { mode: 'cloud', backend: 'rehearsal' });
 * if (!isRunnable(problems)) return refuse(problems);
 */
export function validateForRun(workflow: Workflow, conditions: RunConditions): Problem[] {
  const { repositories } = conditions;
  const asRun = repositories === undefined ? workflow : withRepositories(workflow, repositories);
  return bySeverity([
    ...documentProblems(asRun),
    ...flowTypeProblems(workflow, 'error'),
    ...runProblems(workflow, conditions),
  ]);
}

/** Warnings and notices do not stand in the way. */
export function isRunnable(problems: readonly Problem[]): boolean {
  return !hasErrors(problems);
}

function documentProblems(workflow: Workflow): Problem[] {
  return [
    ...agentProblems(workflow),
    ...connectionProblems(workflow),
    ...orderProblems(workflow),
    ...repositoryProblems(workflow),
    ...mcpServerProblems(workflow),
  ];
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
