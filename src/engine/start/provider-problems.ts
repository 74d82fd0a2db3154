import type { ProviderTable } from '../../session/events.ts';
import { providerOf } from '../../workflow/placement.ts';
import { type Problem, type ProblemPath, problem } from '../../workflow/problem.ts';
import type { EngineContext, LicensedFeature, ProviderState } from '../context.ts';
import type { Plan } from './plan.ts';
import { isCursorProvider, type Worker, workersOf } from './workers.ts';

/** Whether any agent of the run, or the planner, uses Cursor. */
export const usesCursor = ({ workflow }: Pick<Plan, 'workflow'>): boolean =>
  workflow !== null &&
  (workflow.agents.length === 0 ||
    workersOf(workflow).some(({ reference }) => isCursorProvider(reference)));

type Choice = ProviderTable['choices'][string];
type Use = { readonly worker: Worker; readonly choice: Choice };

/** Missing keys, programs and models of providers other than Cursor. */
export async function providerProblems(
  { providerState }: Pick<EngineContext, 'providerState'>,
  plan: Pick<Plan, 'workflow' | 'providers'>,
): Promise<Problem[]> {
  const uses = usesOf(plan);
  const ids = [...new Set(uses.map(({ choice }) => choice.id))];
  const states = new Map(
    await Promise.all(ids.map(async (id) => [id, await providerState?.(id)] as const)),
  );
  return ids.flatMap((id) => {
    const ofEntry = uses.filter(({ choice }) => choice.id === id);
    const state = states.get(id);
    const [first] = ofEntry;
    if (state === undefined || first === undefined) return [];
    const { failure } = state;
    if (failure !== null) {
      const path = first.worker.providerPath;
      return [problem('error', failure.code, path, failure.message, failure.suggestion)];
    }
    return ofEntry.flatMap((use) => modelProblems(use, state));
  });
}

function modelProblems(
  { worker: { who, model: own, modelPath: at }, choice }: Use,
  { models, needsModel }: ProviderState,
): Problem[] {
  const model = own ?? choice.model;
  if (model === undefined)
    return needsModel
      ? [
          problem(
            'error',
            'model_missing',
            at,
            `${who} names no model, and ${choice.name} has no default model.`,
            `Choose a model for it, or a default model under Settings, Providers, or with \`cerevisor providers set ${choice.id} --model MODEL\`.`,
          ),
        ]
      : [];
  if (models === null || models.length === 0 || models.includes(model)) return [];
  // Lists may omit aliases and new models, so this is a warning.
  return [
    problem(
      'warning',
      'model_not_listed',
      at,
      `${who} uses the model "${model}", which ${choice.name} does not list.`,
      `It lists ${models.slice(0, 8).join(', ')}${models.length > 8 ? ', and more' : ''}.`,
    ),
  ];
}

function usesOf({ workflow, providers }: Pick<Plan, 'workflow' | 'providers'>): Use[] {
  if (workflow === null || providers === null) return [];
  return workersOf(workflow).flatMap((worker) => {
    const choice = providers.choices[worker.reference];
    return choice === undefined || isCursorProvider(worker.reference) ? [] : [{ worker, choice }];
  });
}

/** Features that the run uses and the license does not include. */
export function licenseProblems(context: EngineContext, plan: Plan): Problem[] {
  const { workflow } = plan;
  if (workflow === null) return [];
  const used: readonly (readonly [LicensedFeature, ProblemPath])[] = [
    ...overriddenAgents(plan)
      .slice(0, 1)
      .map((index) => ['provider-overrides', ['agents', index, 'providerId']] as const),
    ...(workflow.settings.mcpServers.length === 0
      ? []
      : ([['mcp-servers', ['settings', 'mcpServers']]] as const)),
    ...(workflow.settings.loopAndEnhance.enabled
      ? ([['loop-and-enhance', ['settings', 'loopAndEnhance', 'enabled']]] as const)
      : []),
  ];
  return used.flatMap(([feature, path]) => {
    const license = context.mayUse?.(feature) ?? { ok: true };
    if (license.ok) return [];
    const { code, message, suggestion } = license.error;
    return [problem('error', code, path, message, suggestion)];
  });
}

/** Indexes of agents that use a different provider from the workflow's. */
function overriddenAgents({ workflow, providers }: Plan): readonly number[] {
  const settings = workflow?.settings;
  if (workflow === null || settings === undefined) return [];
  const entryOf = (reference: string) => providers?.choices[reference]?.id ?? reference;
  const common = entryOf(providerOf({}, settings));
  return workflow.agents.flatMap((agent, index) =>
    entryOf(providerOf(agent, settings)) === common ? [] : [index],
  );
}
