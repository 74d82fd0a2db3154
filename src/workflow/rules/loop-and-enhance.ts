import { isBlank } from '../../lib/blank.ts';
import { agentsIn, CURSOR_PROVIDER, providerOf } from '../placement.ts';
import { PLANNER_ID } from '../planner.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';
import { MAX_ROUNDS, tooManyRounds } from './loops.ts';

const at = (field: string): ProblemPath => ['settings', 'loopAndEnhance', field];

/** Rounds of the whole workflow are bounded, and the planner and verifiers exist. */
export function loopAndEnhanceProblems(workflow: Workflow): Problem[] {
  const { enabled, maxRounds } = workflow.settings.loopAndEnhance;
  const problems =
    maxRounds > MAX_ROUNDS ? [tooManyRounds('Loop & Enhance', maxRounds, at('maxRounds'))] : [];
  if (!enabled) return problems;
  return [
    ...problems,
    ...roundProblems(workflow),
    ...plannerProblems(workflow),
    ...verifierProblems(workflow),
    ...budgetNotice(workflow),
  ];
}

function roundProblems({ settings }: Workflow): Problem[] {
  const problems: Problem[] = [];
  if (settings.loopAndEnhance.maxRounds === 1)
    problems.push(
      problem(
        'warning',
        'single_round',
        at('maxRounds'),
        'With one round, Loop & Enhance only reports what failed; nothing is improved.',
        'Allow at least 2 rounds, or turn it off.',
      ),
    );
  if (settings.cloud.autoCreatePR)
    problems.push(
      problem(
        'warning',
        'pull_requests_each_round',
        ['settings', 'cloud', 'autoCreatePR'],
        'With Loop & Enhance, each round may open pull requests of its own.',
        'Turn off Auto-create PR, and open one when the rounds are over.',
      ),
    );
  return problems;
}

function plannerProblems(workflow: Workflow): Problem[] {
  const { agents, settings } = workflow;
  const { plannerProviderId, plannerModel } = settings.loopAndEnhance;
  const problems: Problem[] = [];
  const index = agents.findIndex(({ id }) => id === PLANNER_ID);
  if (index !== -1)
    problems.push(
      problem(
        'error',
        'agent_id_reserved',
        ['agents', index, 'id'],
        `"${PLANNER_ID}" is the id of the planner of Loop & Enhance.`,
        'Give the agent another id, and correct its connections.',
      ),
    );
  const provider = plannerProviderId ?? settings.providerId ?? CURSOR_PROVIDER;
  if (provider !== CURSOR_PROVIDER && agentsIn('local', workflow).length === 0)
    problems.push(
      problem(
        'error',
        'planner_needs_folder',
        at('plannerProviderId'),
        `The planner uses the provider "${provider}", which runs on this machine, but none of the agents does.`,
        `Set "plannerProviderId" to "${CURSOR_PROVIDER}", or run one of the agents on this machine.`,
      ),
    );
  if (plannerModel !== undefined && isBlank(plannerModel))
    problems.push(
      problem(
        'error',
        'planner_model_blank',
        at('plannerModel'),
        'The model of the planner is blank.',
        "Name a model, or remove the field: the planner then uses the account's default model.",
      ),
    );
  return problems;
}

function verifierProblems({ agents, settings }: Workflow): Problem[] {
  return (settings.loopAndEnhance.verifiers ?? []).flatMap((id, index) =>
    agents.some((agent) => agent.id === id)
      ? []
      : problem(
          'error',
          'verifier_unknown',
          ['settings', 'loopAndEnhance', 'verifiers', index],
          `"${id}" should verify the work, but there is no such agent.`,
          'Name an agent of this workflow, or remove it from "verifiers".',
        ),
  );
}

/**
 * A budget in money never ends the rounds if all agents run on Cursor, which bills by subscription. Not reported if there
 * is another limit.
 */
function budgetNotice({ agents, settings }: Workflow): Problem[] {
  const { budgetUsd, budgetTokens, maxRounds, plannerProviderId } = settings.loopAndEnhance;
  if (maxRounds === 1 || budgetTokens !== undefined || settings.budget.tokens !== undefined)
    return [];
  const providers = agents.map((agent) => providerOf(agent, settings));
  const planner = plannerProviderId ?? providerOf({}, settings);
  if ([planner, ...providers].some((provider) => provider !== CURSOR_PROVIDER)) return [];
  return [
    problem(
      'notice',
      'budget_not_binding',
      at('budgetUsd'),
      `The budget of $${budgetUsd.toFixed(2)} never ends the rounds of Loop & Enhance here: Cursor bills by subscription, so each run counts as $0.00. Up to ${maxRounds} rounds can run.`,
      'Set "budgetTokens" to limit the tokens of all rounds together.',
    ),
  ];
}
