import { isBlank } from '../../lib/blank.ts';
import { type Problem, problem } from '../problem.ts';
import type { Agent, Workflow } from '../schema.ts';

/** Cursor rejects longer names. */
const MAX_NAME_LENGTH = 100;

/** Fields that have no effect, because Cursor runs its own agent loop. */
const fieldsWithoutEffect = ['skills', 'allowedTools', 'fallbackStrategy'] as const;

/** Every workflow has agents, and each one has a unique id, a name and instructions. */
export function agentProblems(workflow: Workflow): Problem[] {
  const problems: Problem[] = [];
  if (isBlank(workflow.name))
    problems.push(
      problem(
        'error',
        'workflow_name_blank',
        ['name'],
        'The workflow has no name.',
        'Give it a name.',
      ),
    );
  if (workflow.agents.length === 0)
    problems.push(
      problem(
        'error',
        'no_agents',
        ['agents'],
        'The workflow has no agents, so there is nothing to run.',
        'Add at least one agent.',
      ),
    );
  for (const [index, agent] of workflow.agents.entries()) problems.push(...ofAgent(agent, index));
  return [...problems, ...duplicates(workflow.agents)];
}

function ofAgent(agent: Agent, index: number): Problem[] {
  const problems: Problem[] = [];
  const name = isBlank(agent.name) ? `Agent ${index + 1} (${agent.id})` : `"${agent.name}"`;
  if (isBlank(agent.name))
    problems.push(
      problem(
        'error',
        'agent_name_blank',
        ['agents', index, 'name'],
        `${name} has no name.`,
        'Give it a name.',
      ),
    );
  if (agent.name.length > MAX_NAME_LENGTH)
    problems.push(
      problem(
        'error',
        'agent_name_too_long',
        ['agents', index, 'name'],
        `The name of agent ${index + 1} has ${agent.name.length} characters; Cursor allows ${MAX_NAME_LENGTH}.`,
        'Shorten the name and move the rest into the instructions.',
      ),
    );
  if (isBlank(agent.instructions))
    problems.push(
      problem(
        'error',
        'agent_instructions_blank',
        ['agents', index, 'instructions'],
        `${name} has no instructions.`,
        'Say what the agent should do.',
      ),
    );
  if (agent.planFirst === true && agent.mode === 'plan')
    problems.push(
      problem(
        'warning',
        'plan_first_in_plan_mode',
        ['agents', index, 'planFirst'],
        `${name} would never implement its approved plan, because agents in the mode "plan" change nothing.`,
        'Remove "mode", or remove "planFirst" if you only want the plan.',
      ),
    );
  for (const field of fieldsWithoutEffect)
    if (hasContent(agent[field]))
      problems.push(
        problem(
          'warning',
          'agent_field_without_effect',
          ['agents', index, field],
          `"${field}" of ${name} has no effect: Cursor runs its own agent loop.`,
          'Put what is important into the instructions.',
        ),
      );
  return problems;
}

function hasContent(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function duplicates(agents: readonly Agent[]): Problem[] {
  const problems: Problem[] = [];
  const firstById = new Map<string, number>();
  const firstByName = new Map<string, number>();
  for (const [index, agent] of agents.entries()) {
    const sameId = firstById.get(agent.id);
    const name = agent.name.trim().toLowerCase();
    const sameName = firstByName.get(name);
    if (sameId !== undefined)
      problems.push(
        problem(
          'error',
          'agent_id_duplicate',
          ['agents', index, 'id'],
          `Agents ${sameId + 1} and ${index + 1} have the same id "${agent.id}".`,
          'Give one of them another id, and correct its connections.',
        ),
      );
    else firstById.set(agent.id, index);
    if (sameName !== undefined)
      problems.push(
        problem(
          'warning',
          'agent_name_duplicate',
          ['agents', index, 'name'],
          `Agents ${sameName + 1} and ${index + 1} are both called "${agent.name}".`,
          'Use different names to make hand-offs and logs easier to read.',
        ),
      );
    else if (name !== '') firstByName.set(name, index);
  }
  return problems;
}
