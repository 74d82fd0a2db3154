import { isBlank } from '../../lib/blank.ts';
import type { Model } from '../../runtimes/port.ts';
import { providerOf } from '../../workflow/placement.ts';
import { type Problem, type ProblemPath, problem } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';
import type { EngineContext } from '../context.ts';
import { SESSION_RUNTIME } from '../session-runtime.ts';
import type { Plan } from './plan.ts';
import { isCursorProvider } from './workers.ts';

type Choice = {
  readonly who: string;
  readonly path: ProblemPath;
  readonly model: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** Models and parameters that are not available to the account. Nothing is reported if the list is unavailable. */
export async function modelProblems(
  context: EngineContext,
  plan: Pick<Plan, 'workflow'>,
): Promise<Problem[]> {
  const choices = choicesOf(plan);
  if (choices.length === 0) return [];
  const runtime = context.runtime(SESSION_RUNTIME);
  if (!runtime.capabilities.models) return [];
  const models = await runtime.models();
  return models.ok ? choices.flatMap((choice) => problemsOf(choice, models.value)) : [];
}

function choicesOf({ workflow }: Pick<Plan, 'workflow'>): readonly Choice[] {
  const ofAgents = (workflow?.agents ?? []).flatMap((agent, index) => {
    if (workflow !== null && !isCursorProvider(providerOf(agent, workflow.settings))) return [];
    const path = ['agents', index];
    const own = choiceOf(agent, `"${agent.name}"`, path);
    const ofSubagents = (agent.subagents ?? []).flatMap((subagent, position) =>
      choiceOf(subagent, `Subagent "${subagent.name}"`, [...path, 'subagents', position]),
    );
    return [...own, ...ofSubagents];
  });
  return workflow === null ? ofAgents : [...ofAgents, ...ofPlanner(workflow)];
}

function ofPlanner({ settings }: Workflow): Choice[] {
  const { enabled, plannerModel, plannerProviderId } = settings.loopAndEnhance;
  const provider = providerOf(
    plannerProviderId === undefined ? {} : { providerId: plannerProviderId },
    settings,
  );
  if (!enabled || plannerModel === undefined || !isCursorProvider(provider)) return [];
  if (isBlank(plannerModel)) return [];
  const path = ['settings', 'loopAndEnhance', 'plannerModel'];
  return [{ who: 'the planner', path, model: plannerModel, parameters: {} }];
}

function choiceOf(
  chooser: { readonly model?: string; readonly modelParameters?: Choice['parameters'] },
  who: string,
  path: ProblemPath,
): Choice[] {
  const { model, modelParameters = {} } = chooser;
  // Validation of the document reports blank names.
  if (model === undefined || isBlank(model) || model === 'inherit') return [];
  return [{ who, path, model, parameters: modelParameters }];
}

function problemsOf({ who, path, model, parameters }: Choice, models: readonly Model[]): Problem[] {
  const known = models.find(({ id, aliases }) => id === model || aliases.includes(model));
  if (known === undefined) {
    const ids = models.flatMap(({ id, aliases }) => [id, ...aliases]);
    return [
      problem(
        'error',
        'invalid_model',
        path.at(-1) === 'plannerModel' ? path : [...path, 'model'],
        `The model "${model}", which ${who} uses, is not available to the account.`,
        `Available models: ${ids.slice(0, 12).join(', ')}.`,
      ),
    ];
  }
  if (known.parameters === undefined) return unlistedParameters({ who, path, model, parameters });
  return Object.entries(parameters).flatMap(([id, value]) => {
    const parameter = known.parameters?.find((candidate) => candidate.id === id);
    if (parameter?.values.includes(value)) return [];
    const names = (known.parameters ?? []).map((candidate) => candidate.id).join(', ');
    return [
      problem(
        'error',
        'invalid_model_parameter',
        [...path, 'modelParameters', id],
        parameter === undefined
          ? `The model "${model}" of ${who} has no parameter "${id}".`
          : `The parameter "${id}" of the model "${model}" of ${who} cannot be "${value}".`,
        parameter === undefined
          ? `Its parameters: ${names === '' ? 'none' : names}.`
          : `Its values: ${parameter.values.join(', ')}.`,
      ),
    ];
  });
}

/** The list may merely omit parameters, so this is a warning. */
function unlistedParameters({ who, path, model, parameters }: Choice): Problem[] {
  const ids = Object.keys(parameters);
  if (ids.length === 0) return [];
  return [
    problem(
      'warning',
      'invalid_model_parameter',
      [...path, 'modelParameters'],
      `Cursor lists no parameters for the model "${model}" of ${who}, which sets ${ids.map((id) => `"${id}"`).join(', ')}.`,
      'Cursor may reject or ignore them. Leave them out, or choose a model that has them.',
    ),
  ];
}
