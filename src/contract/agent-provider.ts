import type { AgentView } from './agent-views.ts';

type Provided = Pick<AgentView, 'provider'>;

/** Some agent of a session is run by someone else than Cursor, so that each says by whom. */
export const usesOtherProviders = (agents: readonly Provided[]): boolean =>
  agents.some(({ provider }) => provider !== null && provider.id !== 'cursor-agent');

/** Agents of a session are of different providers, so that each must say which. */
export const usesSeveralProviders = (agents: readonly Provided[]): boolean =>
  new Set(agents.map(({ provider }) => provider?.id ?? null)).size > 1;
