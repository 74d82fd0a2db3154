import type { RunMode, WorkflowSettings } from './schema/settings.ts';
import type { Agent, Workflow } from './schema.ts';

/** The one provider that can run whole agents in a cloud. */
export const CURSOR_PROVIDER = 'cursor-agent';

type Chooser = Pick<Agent, 'providerId' | 'runMode'>;
type Defaults = Pick<WorkflowSettings, 'providerId' | 'runMode'>;

/**
 * The agent's own provider, otherwise the workflow's. Where neither says one it is the library's default, which only the
 * machine knows: whoever knows it puts it into the settings first (`withDefaultProvider`).
 */
export function providerOf(agent: Pick<Chooser, 'providerId'>, settings: Defaults): string {
  return agent.providerId ?? settings.providerId ?? CURSOR_PROVIDER;
}

/** The document as it means on a machine with this default: every agent's provider can then be told from it alone. */
export function withDefaultProvider<Document extends { readonly settings: Defaults }>(
  document: Document,
  providerId: string | undefined,
): Document {
  const { settings } = document;
  if (settings.providerId !== undefined || providerId === undefined) return document;
  return { ...document, settings: { ...settings, providerId } };
}

/** The agent's own run mode, otherwise the workflow's. Agents of other providers than Cursor run on this machine. */
export function runModeOf(agent: Chooser, settings: Defaults): RunMode {
  if (providerOf(agent, settings) !== CURSOR_PROVIDER) return 'local';
  return agent.runMode ?? settings.runMode;
}

/** The agents that run there. */
export function agentsIn(
  mode: RunMode,
  { agents, settings }: Pick<Workflow, 'agents' | 'settings'>,
) {
  return agents.filter((agent) => runModeOf(agent, settings) === mode);
}
