import {
  agentsThatCannotAsk,
  canAskForPermission,
  type PermissionName,
  permissionNames,
  permissionsOf,
} from '../../workflow/permissions.ts';
import { agentsIn } from '../../workflow/placement.ts';
import type { Permission } from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';
import type { AgentPermissions, Enforcement } from '../api.ts';
import type { LocalPlan } from './local-plan.ts';

const subjects: Readonly<Record<PermissionName, string>> = {
  filesystemWrite: 'Writing files',
  execution: 'Running commands',
  network: 'Using the network',
  mcp: 'MCP servers',
};

/** One sentence per permission about what is actually enforced. */
export function enforcementOf(workflow: Workflow, { sandbox }: LocalPlan): string[] {
  return agentsThatCannotAsk(workflow).length === 0
    ? promptedSentences(workflow)
    : sandboxSentences(workflow, sandbox);
}

const promptLabels: Readonly<Record<Permission, string>> = {
  allow: 'allowed without asking.',
  ask: 'asked before each call.',
  deny: 'denied.',
};

function promptedSentences({ settings }: Workflow): string[] {
  const permissions = permissionsOf(settings);
  return permissionNames.map((name) => `${subjects[name]}: ${promptLabels[permissions[name]]}`);
}

function sandboxSentences({ settings }: Workflow, sandbox: boolean): string[] {
  const permissions = permissionsOf(settings);
  const sentences: Record<PermissionName, string> = {
    filesystemWrite: sandbox
      ? "in Cursor's sandbox, only inside the working folder."
      : 'allowed without a sandbox, so an agent can also write outside its folder.',
    execution: sandbox
      ? "in Cursor's sandbox, without asking."
      : permissions.execution === 'allow'
        ? 'allowed without asking.'
        : 'not restricted: Cursor Agent cannot ask while it works.',
    network: sandbox
      ? "restricted by Cursor's sandbox."
      : permissions.network === 'allow'
        ? 'allowed without asking.'
        : 'not restricted: Cursor Agent cannot ask while it works.',
    mcp:
      permissions.mcp === 'deny'
        ? 'the servers of the workflow are not started.'
        : settings.mcpServers.length === 0
          ? 'the workflow names none; those of the project are used, as in Cursor.'
          : sandbox
            ? "the servers of the workflow are started, but Cursor's sandbox rejects calls to them."
            : 'the servers of the workflow are started and used without asking.',
  };
  return Object.entries(subjects).map(
    // `subjects` and `sentences` have the same keys.
    ([name, subject]) => `${subject}: ${sentences[name as PermissionName]}`,
  );
}

/** What is enforced for each agent, in document order. */
export function agentPermissions(
  workflow: Workflow,
  { sandbox }: Pick<LocalPlan, 'sandbox'>,
): AgentPermissions[] {
  const { settings } = workflow;
  const permissions = permissionsOf(settings);
  const whole = sandboxEnforcements(permissions, sandbox);
  return agentsIn('local', workflow).map((agent) => {
    const asks = canAskForPermission(agent, settings);
    const { filesystemWrite, execution, network, mcp } = permissions;
    const held = asks
      ? {
          filesystemWrite: enforcements[filesystemWrite],
          execution: enforcements[execution],
          network: enforcements[network],
          mcp: enforcements[mcp],
        }
      : whole;
    return { agentId: agent.id, name: agent.name, asks, ...held };
  });
}

const enforcements: Readonly<Record<Permission, Enforcement>> = {
  allow: 'allowed',
  ask: 'asked',
  deny: 'denied',
};

/** What is enforced for Cursor Agent, which only its sandbox restricts. */
function sandboxEnforcements(
  permissions: ReturnType<typeof permissionsOf>,
  sandbox: boolean,
): Readonly<Record<PermissionName, Enforcement>> {
  const held = (permission: Permission): Enforcement => {
    if (sandbox) return 'sandboxed';
    return permission === 'allow' ? 'allowed' : 'not-held-back';
  };
  return {
    filesystemWrite: held(permissions.filesystemWrite),
    execution: held(permissions.execution),
    network: held(permissions.network),
    // The sandbox rejects calls to MCP servers.
    mcp: permissions.mcp === 'deny' || sandbox ? 'denied' : 'allowed',
  };
}
