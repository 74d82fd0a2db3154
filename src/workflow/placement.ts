import type { RunMode, WorkflowSettings } from './schema/settings.ts';
import type { Agent, Workflow } from './schema.ts';

/** The only provider that can run agents in the cloud. */
export const CURSOR_PROVIDER = 'cursor-agent';

type AgentPlacement = Pick<Agent, 'providerId' | 'runMode'>;
type Defaults = Pick<WorkflowSettings, 'providerId' | 'runMode'>;

/**
 * The agent's own provider, otherwise that of the workflow. If neither is set, it is the default of the provider library,
 * which the caller has to add to the settings first (`withDefaultProvider`).
 */
export function providerOf(agent: Pick<AgentPlacement, 'providerId'>, settings: Defaults): string {
  return agent.providerId ?? settings.providerId ?? CURSOR_PROVIDER;
}

/** The document with the default provider of this machine in its settings, unless it names a provider. */
export function withDefaultProvider<Document extends { readonly settings: Defaults }>(
  document: Document,
  providerId: string | undefined,
): Document {
  const { settings } = document;
  if (settings.providerId !== undefined || providerId === undefined) return document;
  return { ...document, settings: { ...settings, providerId } };
}

/** The agent's own run mode, otherwise the workflow's. Agents of other providers than Cursor run on this machine. */
export function runModeOf(agent: AgentPlacement, settings: Defaults): RunMode {
  if (providerOf(agent, settings) !== CURSOR_PROVIDER) return 'local';
  return agent.runMode ?? settings.runMode;
}

/** The agents that run in this mode. */
export function agentsIn(
  mode: RunMode,
  { agents, settings }: Pick<Workflow, 'agents' | 'settings'>,
) {
  return agents.filter((agent) => runModeOf(agent, settings) === mode);
}
