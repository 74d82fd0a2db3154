import { withInferredConnections } from './inferred-connections.ts';
import { withDefaultProvider } from './placement.ts';
import { hasErrors, type Problem } from './problem.ts';
import { agentProblems } from './rules/agents.ts';
import { cloudOptionProblems } from './rules/cloud-options.ts';
import { conditionProblems } from './rules/conditions.ts';
import { connectionProblems } from './rules/connections.ts';
import { imageProblems } from './rules/images.ts';
import { localProblems } from './rules/local.ts';
import { loopAndEnhanceProblems } from './rules/loop-and-enhance.ts';
import { loopProblems } from './rules/loops.ts';
import { mcpServerProblems } from './rules/mcp-servers.ts';
import { modelChoiceProblems } from './rules/model-choices.ts';
import { orderProblems } from './rules/order.ts';
import { permissionProblems } from './rules/permissions.ts';
import { placementProblems } from './rules/placement.ts';
import { repositoryProblems } from './rules/repositories.ts';
import { type RunConditions, runProblems } from './rules/run.ts';
import { textProblems } from './rules/text.ts';
import type { Workflow } from './schema.ts';

/**
 * All problems of a workflow, errors first. `validate`, the canvas and `run` use the same validation. `conditions`: values
 * of a run that override the file.
 *
 * @example
 * const problems = validateWorkflow(workflow, { mode: 'cloud', backend: 'rehearsal' });
 * if (!isRunnable(problems)) return refuse(problems);
 */
export function validateWorkflow(workflow: Workflow, conditions: RunConditions = {}): Problem[] {
  const asRun = underConditions(workflow, conditions);
  // Inferred connections may close a loop, or make two loops overlap.
  const asOrdered = withInferredConnections(asRun).workflow;
  return bySeverity([
    ...textProblems(asRun),
    ...agentProblems(asRun),
    ...connectionProblems(asRun),
    ...conditionProblems(asRun),
    ...loopProblems(asOrdered),
    ...loopAndEnhanceProblems(asRun),
    ...orderProblems(asRun),
    ...repositoryProblems(asRun),
    ...cloudOptionProblems(asRun),
    ...modelChoiceProblems(asRun),
    ...imageProblems(asRun),
    ...mcpServerProblems(asRun, conditions),
    ...placementProblems(asRun),
    ...localProblems(asRun),
    ...permissionProblems(asRun, conditions.mode !== undefined),
    ...runProblems(asRun, conditions),
  ]);
}

/** Warnings and notices do not prevent a run. */
export function isRunnable(problems: readonly Problem[]): boolean {
  return !hasErrors(problems);
}

/** The workflow with the values of the run, so that they are validated together. */
function underConditions(
  workflow: Workflow,
  { mode, repositories, autoCreatePr, providers, tokenBudget: tokens }: RunConditions,
): Workflow {
  const { settings } = workflow;
  const runMode = mode ?? settings.runMode;
  const cloud = {
    ...settings.cloud,
    ...(repositories === undefined ? {} : { repos: repositories.map(asTarget) }),
    ...(autoCreatePr === undefined ? {} : { autoCreatePR: autoCreatePr }),
  };
  const budget = { ...settings.budget, ...(tokens === undefined ? {} : { tokens }) };
  const asRun = { ...workflow, settings: { ...settings, runMode, cloud, budget } };
  return withDefaultProvider(asRun, providers?.defaultId);
}

const asTarget = ({
  url,
  startingRef,
  prUrl,
}: NonNullable<RunConditions['repositories']>[number]) => ({
  url,
  ...(startingRef === undefined ? {} : { startingRef }),
  ...(prUrl === undefined ? {} : { prUrl }),
});

const rank = { error: 0, warning: 1, notice: 2 } as const;

/** Errors first, in a stable order. */
export function bySeverity(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((one, other) => rank[one.severity] - rank[other.severity]);
}
