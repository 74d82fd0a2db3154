import type { AgentView } from './views.ts';

type Provided = Pick<AgentView, 'provider'>;

/** Agents of a session are of different providers, so that each has to say which. */
export const isOfSeveralProviders = (agents: readonly Provided[]): boolean =>
  new Set(agents.map(({ provider }) => provider?.id ?? null)).size > 1;
