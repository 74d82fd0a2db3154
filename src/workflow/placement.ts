import type { Agent, Workflow } from './schema.ts';
import type { RunMode, WorkflowSettings } from './settings-schema.ts';

/** The one provider that can run whole agents in a cloud. */
export const CURSOR_PROVIDER = 'cursor-agent';

type Chooser = Pick<Agent, 'providerId' | 'runMode'>;
type Defaults = Pick<WorkflowSettings, 'providerId' | 'runMode'>;

/** The agent's own provider, else the workflow's. */
export function providerOf(agent: Pick<Chooser, 'providerId'>, settings: Defaults): string {
  return agent.providerId ?? settings.providerId;
}

/** The agent's own run mode, else the workflow's. Agents of other providers than Cursor run on this machine. */
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
