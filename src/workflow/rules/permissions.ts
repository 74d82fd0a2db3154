import { isBlank } from '../../lib/blank.ts';
import {
  agentsThatCannotAsk,
  type PermissionName,
  permissionNames,
  permissionsOf,
} from '../permissions.ts';
import { agentsIn } from '../placement.ts';
import { type Problem, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';

/** Permissions that can be enforced for Cursor Agent: writing by its sandbox, MCP by not passing the servers. */
const enforced: ReadonlySet<PermissionName> = new Set(['filesystemWrite', 'mcp']);

const path = ['settings', 'permissions'] as const;

/**
 * Permissions that cannot be enforced as written. They are warnings and notices, so that the user does not rely on them.
 * That permissions are asked before a run instead of during it is reported only when a run is about to start.
 */
export function permissionProblems(workflow: Workflow, isAboutToRun: boolean): Problem[] {
  const { settings } = workflow;
  const localCount = agentsIn('local', workflow).length;
  const isLocal = localCount > 0;
  const heldCount = agentsThatCannotAsk(workflow).length;
  const isCloud = agentsIn('cloud', workflow).length > 0;
  return [
    ...(isCloud ? cloudProblems(workflow) : []),
    ...patternProblems(workflow),
    ...(localCount > 0 && heldCount === localCount ? ruleProblems(workflow) : []),
    ...(heldCount > 0 ? denialProblems(workflow) : []),
    ...(heldCount > 0 && isAboutToRun ? askNotice(workflow) : []),
    ...(isLocal && permissionsOf(settings).mcp === 'deny' ? mcpProblems(workflow) : []),
  ];
}

function cloudProblems({ settings }: Workflow): Problem[] {
  const [name] = permissionNames.filter((each) => {
    const permission = settings.permissions[each];
    return permission === 'ask' || permission === 'deny';
  });
  if (name === undefined) return [];
  return [
    problem(
      'warning',
      'permissions_without_effect',
      [...path, name],
      'Permissions apply to local agents only. Cloud agents run on their own machines and never ask.',
      'Run the agents that need restrictions in local mode.',
    ),
  ];
}

function patternProblems({ settings }: Workflow): Problem[] {
  return settings.permissions.rules.flatMap(({ pattern }, index) =>
    isBlank(pattern)
      ? [
          problem(
            'error',
            'permission_pattern_empty',
            [...path, 'rules', index, 'pattern'],
            'A permission rule has no pattern, so it applies to nothing.',
            'Add a pattern, such as "npm test *", or "*" for everything.',
          ),
        ]
      : [],
  );
}

function ruleProblems({ settings }: Workflow): Problem[] {
  if (settings.permissions.rules.length === 0) return [];
  return [
    problem(
      'warning',
      'permission_rules_without_effect',
      [...path, 'rules'],
      'Permission rules do not apply to Cursor Agent, which only its sandbox can restrict.',
      'Run the agents that need rules with another provider.',
    ),
  ];
}

function denialProblems({ settings }: Workflow): Problem[] {
  return permissionNames
    .filter((name) => settings.permissions[name] === 'deny' && !enforced.has(name))
    .map((name) =>
      problem(
        'warning',
        'permission_not_enforced',
        [...path, name],
        `Cursor Agent cannot enforce "deny" for "${name}" in local mode.`,
        'Deny "filesystemWrite" to run the agents in Cursor\u2019s sandbox, or run them in the cloud.',
      ),
    );
}

function askNotice({ settings }: Workflow): Problem[] {
  const all = permissionsOf(settings);
  const asked = permissionNames.filter((name) => all[name] === 'ask');
  if (asked.length === 0) return [];
  return [
    problem(
      'notice',
      'permission_asked_beforehand',
      path,
      `Cursor Agent cannot ask for permission during a run. Before the run, you see what is enforced instead for: ${asked.join(', ')}.`,
    ),
  ];
}

function mcpProblems({ settings }: Workflow): Problem[] {
  if (settings.mcpServers.length === 0) return [];
  return [
    problem(
      'warning',
      'mcp_servers_denied',
      ['settings', 'mcpServers'],
      'The workflow has MCP servers, but its permissions deny them to local agents.',
      'Set the permission "mcp" to "allow" or "ask", or remove the servers.',
    ),
  ];
}
