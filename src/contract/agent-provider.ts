import type { AgentView } from './agent-views.ts';

type Provided = Pick<AgentView, 'provider'>;

/** Whether any agent of a session uses a provider other than Cursor, so that each one must show its provider. */
export const usesOtherProviders = (agents: readonly Provided[]): boolean =>
  agents.some(({ provider }) => provider !== null && provider.id !== 'cursor-agent');

/** Whether the agents of a session use different providers. */
export const usesSeveralProviders = (agents: readonly Provided[]): boolean =>
  new Set(agents.map(({ provider }) => provider?.id ?? null)).size > 1;
