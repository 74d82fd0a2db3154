import { agentsIn, CURSOR_PROVIDER, providerOf } from './placement.ts';
import type { Permission } from './schema/local-settings.ts';
import type { WorkflowSettings } from './schema/settings.ts';
import type { Agent, Workflow } from './schema.ts';

export const permissionNames = ['filesystemWrite', 'execution', 'network', 'mcp'] as const;
export type PermissionName = (typeof permissionNames)[number];

/** The default permission: a worktree can be discarded, but the user's own folder cannot. */
export function defaultPermission({ local }: Pick<WorkflowSettings, 'local'>): Permission {
  return local.isolation === 'worktree' ? 'allow' : 'ask';
}

/** What agents on this machine may do, with the default of the isolation for permissions that are not set. */
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

/** Whether an agent can ask for permission before each tool call. Cursor Agent cannot; only its sandbox restricts it. */
export const canAskForPermission = (
  agent: Pick<Agent, 'providerId'>,
  settings: Pick<WorkflowSettings, 'providerId' | 'runMode'>,
): boolean => providerOf(agent, settings) !== CURSOR_PROVIDER;

/** Agents on this machine that cannot ask for permission during a run. */
export const agentsThatCannotAsk = (workflow: Pick<Workflow, 'agents' | 'settings'>) =>
  agentsIn('local', workflow).filter((agent) => !canAskForPermission(agent, workflow.settings));
