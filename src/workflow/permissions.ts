import type { Permission } from './local-schema.ts';
import type { WorkflowSettings } from './settings-schema.ts';

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
