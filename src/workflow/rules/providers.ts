import { type Problem, problem } from '../problem.ts';
import { isProviderType, type KnownProviders, providerTypeNames } from '../providers.ts';
import type { Workflow } from '../schema.ts';

/** Providers that are not set up on this machine. Nothing is reported if its providers are unknown. */
export function providerProblems(
  { agents, settings }: Workflow,
  known: KnownProviders | undefined,
): Problem[] {
  if (known === undefined) return [];
  const isKnown = (id: string | undefined) => id === undefined || known.references.includes(id);
  const problems: Problem[] = [];
  const { providerId } = settings;
  const { enabled, plannerProviderId } = settings.loopAndEnhance;
  const isOfPlanner = enabled && plannerProviderId === undefined;
  const isUsed = isOfPlanner || agents.some((agent) => agent.providerId === undefined);
  if (providerId !== undefined && !isKnown(providerId) && (isUsed || agents.length === 0))
    problems.push(unknown(providerId, 'The workflow', ['settings', 'providerId'], known));
  for (const [index, agent] of agents.entries()) {
    if (agent.providerId === undefined || isKnown(agent.providerId)) continue;
    const path = ['agents', index, 'providerId'];
    problems.push(unknown(agent.providerId, `"${agent.name}"`, path, known));
  }
  if (enabled && plannerProviderId !== undefined && !isKnown(plannerProviderId)) {
    const path = ['settings', 'loopAndEnhance', 'plannerProviderId'];
    problems.push(unknown(plannerProviderId, 'The planner', path, known));
  }
  return problems;
}

function unknown(
  id: string,
  who: string,
  path: readonly (string | number)[],
  { references }: KnownProviders,
): Problem {
  if (isProviderType(id))
    return problem(
      'error',
      'provider_missing',
      path,
      `${who} uses ${providerTypeNames[id]}, which is not set up on this machine.`,
      `Add it under Settings, Providers, or with \`cerevisor providers add ${id}\`.`,
    );
  return problem(
    'error',
    'provider_unknown',
    path,
    `${who} uses the provider "${id}", which is not in the library of this machine.`,
    `Choose one of these: ${references.join(', ')}. Or add it under Settings, Providers, or with \`cerevisor providers add\`.`,
  );
}
