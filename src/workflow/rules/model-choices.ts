import { isBlank } from '../../lib/blank.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { ModelParameters } from '../schema/cursor-options.ts';
import type { Agent, Workflow } from '../schema.ts';

/** Cursor's limits for the subagents of one agent. */
const MAX_SUBAGENTS = 20;
const MAX_NAME_LENGTH = 100;
const MAX_DESCRIPTION_LENGTH = 1_000;
const MAX_PROMPT_LENGTH = 8_192;

/** Names of Cursor's built-in subagents, which are reserved. */
const builtIn = new Set(['explore', 'shell', 'debug', 'computeruse', 'cursorguide']);

/** Models, model parameters and subagents of agents. */
export function modelChoiceProblems(workflow: Workflow): Problem[] {
  return workflow.agents.flatMap((agent, index) => {
    const path = ['agents', index];
    const name = `"${agent.name}"`;
    return [
      ...blankModel(agent, name, path),
      ...parameterProblems(agent, name, path),
      ...subagentProblems(agent, path),
    ];
  });
}

function blankModel(
  { model }: { readonly model?: string },
  name: string,
  path: ProblemPath,
): Problem[] {
  if (model === undefined || !isBlank(model)) return [];
  return [
    problem(
      'error',
      'model_blank',
      [...path, 'model'],
      `The model of ${name} is blank.`,
      'Name a model, or remove the field to use the default model.',
    ),
  ];
}

function parameterProblems(
  choice: { readonly model?: string; readonly modelParameters?: ModelParameters },
  name: string,
  path: ProblemPath,
): Problem[] {
  const { model, modelParameters } = choice;
  if (modelParameters === undefined || Object.keys(modelParameters).length === 0) return [];
  const place = [...path, 'modelParameters'];
  if (isBlank(model) || model === 'inherit')
    return [
      problem(
        'error',
        'model_parameters_without_model',
        place,
        `${name} sets model parameters but does not name a model.`,
        'Name the model that they belong to, or remove them.',
      ),
    ];
  return Object.entries(modelParameters)
    .filter(([id, value]) => isBlank(id) || isBlank(value))
    .map(([id]) =>
      problem(
        'error',
        'model_parameter_blank',
        [...place, id],
        `${name} has a model parameter without a name or without a value.`,
        'Add both, such as "thinking": "high", or remove it.',
      ),
    );
}

function subagentProblems(
  { name: agentName, subagents = [] }: Agent,
  path: ProblemPath,
): Problem[] {
  const problems: Problem[] = [];
  if (subagents.length > MAX_SUBAGENTS)
    problems.push(
      problem(
        'error',
        'too_many_subagents',
        [...path, 'subagents'],
        `"${agentName}" has ${subagents.length} subagents; Cursor allows at most ${MAX_SUBAGENTS}.`,
        'Remove some, or turn them into agents of the workflow.',
      ),
    );
  const earlier = new Set<string>();
  for (const [index, subagent] of subagents.entries()) {
    const place = [...path, 'subagents', index];
    const name = subagent.name.trim();
    const fault = nameFault(name, earlier);
    earlier.add(name.toLowerCase());
    if (fault !== undefined)
      problems.push(
        problem(
          'error',
          'subagent_name',
          [...place, 'name'],
          `A subagent of "${agentName}" ${fault}.`,
          'Give every subagent a unique name.',
        ),
      );
    problems.push(
      ...textProblem(subagent.description, MAX_DESCRIPTION_LENGTH, [...place, 'description'], name),
      ...textProblem(subagent.prompt, MAX_PROMPT_LENGTH, [...place, 'prompt'], name),
      ...blankModel(subagent, `subagent "${name}"`, place),
      ...parameterProblems(subagent, `Subagent "${name}"`, place),
    );
  }
  return problems;
}

function nameFault(name: string, earlier: ReadonlySet<string>): string | undefined {
  if (isBlank(name)) return 'has no name';
  if (name.length > MAX_NAME_LENGTH) return `has a name of more than ${MAX_NAME_LENGTH} characters`;
  if (builtIn.has(name.toLowerCase()))
    return `is called "${name}", like one that is built into Cursor`;
  return earlier.has(name.toLowerCase()) ? `is called "${name}", like another one` : undefined;
}

function textProblem(text: string, maxLength: number, path: ProblemPath, name: string): Problem[] {
  if (!isBlank(text) && text.length <= maxLength) return [];
  const field = String(path.at(-1));
  const fault = isBlank(text) ? 'is empty' : `has ${text.length} characters`;
  return [
    problem(
      'error',
      'subagent_text',
      path,
      `The ${field} of subagent "${name}" ${fault}; Cursor allows 1 to ${maxLength} characters.`,
      isBlank(text) ? 'Add it.' : 'Shorten it.',
    ),
  ];
}
