import { agentsIn, CURSOR_PROVIDER, providerOf } from './placement.ts';
import type { Permission } from './schema/local-settings.ts';
import type { WorkflowSettings } from './schema/settings.ts';
import type { Agent, Workflow } from './schema.ts';

export const permissionNames = ['filesystemWrite', 'execution', 'network', 'mcp'] as const;
export type PermissionName = (typeof permissionNames)[number];

/** What stands where the workflow says nothing: a worktree can be thrown away, the folder of a person cannot. */
export function defaultPermission({ local }: Pick<WorkflowSettings, 'local'>): Permission {
  return local.isolation === 'worktree' ? 'allow' : 'ask';
}

/** What agents on this machine may do, with the default of the isolation where the workflow says nothing. */
export function permissionsOf(
  settings: Pick<WorkflowSettings, 'local' | 'permissions'>,
): Readonly<Record<PermissionName, Permission>> {
  const { filesystemWrite, execution, network, mcp } = settings.permissions;
  const absent = defaultPermission(settings);
  return {
    filesystemWrite: filesystemWrite ?? absent,
    execution: execution ?? absent,
    network: network ?? absent,
    mcp: mcp ?? absent,
  };
}

/** Whether an agent can be asked about before single tool calls. Cursor Agent is only held back as a whole. */
export const canAskForPermission = (
  agent: Pick<Agent, 'providerId'>,
  settings: Pick<WorkflowSettings, 'providerId' | 'runMode'>,
): boolean => providerOf(agent, settings) !== CURSOR_PROVIDER;

/** Agents on this machine that are held back before the run, or not at all. */
export const agentsThatCannotAsk = (workflow: Pick<Workflow, 'agents' | 'settings'>) =>
  agentsIn('local', workflow).filter((agent) => !canAskForPermission(agent, workflow.settings));
