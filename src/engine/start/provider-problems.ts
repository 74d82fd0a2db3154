import type { ProviderTable } from '../../session/events.ts';
import { CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import { type Problem, type ProblemPath, problem } from '../../workflow/problem.ts';
import type { Agent } from '../../workflow/schema.ts';
import type { EngineContext, LicensedFeature, ProviderState } from '../context.ts';
import type { Plan } from './plan.ts';

type Use = {
  readonly agent: Agent;
  readonly index: number;
  readonly choice: ProviderTable['choices'][string];
};

/** Whether any agent of the run is Cursor's, here or in the cloud. */
export const usesCursor = ({ workflow }: Pick<Plan, 'workflow'>): boolean =>
  workflow !== null &&
  (workflow.agents.length === 0 ||
    workflow.agents.some((agent) => isOfCursor(providerOf(agent, workflow.settings))));

export const isOfCursor = (providerId: string): boolean => providerId === CURSOR_PROVIDER;

/** What stands in the way of the agents of other providers: keys, programs and models that are not there. */
export async function providerProblems(context: EngineContext, plan: Plan): Promise<Problem[]> {
  const uses = usesOf(plan);
  const ids = [...new Set(uses.map(({ choice }) => choice.id))];
  const states = new Map(
    await Promise.all(ids.map(async (id) => [id, await context.providerState?.(id)] as const)),
  );
  return ids.flatMap((id) => {
    const ofEntry = uses.filter(({ choice }) => choice.id === id);
    const state = states.get(id);
    const [first] = ofEntry;
    if (state === undefined || first === undefined) return [];
    const { failure } = state;
    if (failure !== null)
      return [
        problem('error', failure.code, placeOfChoice(first), failure.message, failure.suggestion),
      ];
    return ofEntry.flatMap((use) => modelProblems(use, state));
  });
}

function modelProblems(
  { agent, index, choice }: Use,
  { models, needsModel }: ProviderState,
): Problem[] {
  const model = agent.model ?? choice.model;
  const at = ['agents', index, 'model'];
  if (model === undefined)
    return needsModel
      ? [
          problem(
            'error',
            'model_missing',
            at,
            `"${agent.name}" names no model, and ${choice.name} has no default one.`,
            `Choose a model for the agent, or a default model under Settings, Providers, or with \`cerevisor providers set ${choice.id} --model MODEL\`.`,
          ),
        ]
      : [];
  if (models === null || models.length === 0 || models.includes(model)) return [];
  // Lists leave out short names and new models, so this stands in nobody's way.
  return [
    problem(
      'warning',
      'model_not_listed',
      at,
      `${choice.name} does not list the model "${model}", which "${agent.name}" uses.`,
      `It lists ${models.slice(0, 8).join(', ')}${models.length > 8 ? ', and more' : ''}.`,
    ),
  ];
}

function usesOf({ workflow, providers }: Plan): Use[] {
  if (workflow === null || providers === null) return [];
  return workflow.agents.flatMap((agent, index) => {
    const reference = providerOf(agent, workflow.settings);
    const choice = providers.choices[reference];
    if (choice === undefined || isOfCursor(reference)) return [];
    return [{ agent, index, choice }];
  });
}

/** Where the provider of an agent is chosen. */
const placeOfChoice = ({ agent, index }: Use): ProblemPath =>
  agent.providerId === undefined ? ['settings', 'providerId'] : ['agents', index, 'providerId'];

/** What the run uses that is not in every tier, and the license does not include. */
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

/** Agents that another provider than that of the workflow runs. */
function overriddenAgents({ workflow, providers }: Plan): readonly number[] {
  const settings = workflow?.settings;
  if (workflow === null || settings === undefined) return [];
  const entryOf = (reference: string) => providers?.choices[reference]?.id ?? reference;
  const common = entryOf(providerOf({}, settings));
  return workflow.agents.flatMap((agent, index) =>
    entryOf(providerOf(agent, settings)) === common ? [] : [index],
  );
}
