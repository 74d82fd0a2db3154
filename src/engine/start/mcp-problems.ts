import { requiredValues } from '../../workflow/mcp-values.ts';
import { permissionsOf } from '../../workflow/permissions.ts';
import { type Problem, problem } from '../../workflow/problem.ts';
import type { EngineContext } from '../context.ts';
import { type Plan, runsIn } from './plan.ts';

/**
 * Missing values and failing MCP servers of agents on this machine. Servers are started only if the user has trusted the
 * workflow.
 */
export async function mcpProblems(
  context: EngineContext,
  plan: Plan,
  isTrusted: boolean,
): Promise<Problem[]> {
  const { workflow, local } = plan;
  if (workflow === null || local === null || !runsIn('local', plan)) return [];
  const { mcpServers } = workflow.settings;
  const { mcp } = context;
  if (
    mcp === undefined ||
    mcpServers.length === 0 ||
    permissionsOf(workflow.settings).mcp === 'deny'
  )
    return [];
  const missing = await mcp.missingValues(mcpServers.flatMap(requiredValues));
  if (missing.length > 0)
    return mcpServers.flatMap((server, index) =>
      requiredValues(server)
        .filter((name) => missing.includes(name))
        .map((name) => valueMissing(server.name, name, index)),
    );
  if (!isTrusted) return [];
  const checks = await mcp.check(mcpServers, local.folder.folder);
  return checks.flatMap(({ name, problem: fault }, index) =>
    fault === null
      ? []
      : [
          problem(
            'error',
            'mcp_server_failed',
            ['settings', 'mcpServers', index],
            `The MCP server "${name}" cannot be used: ${fault}`,
            'Correct its command, address or values, or remove it from the workflow.',
          ),
        ],
  );
}

const valueMissing = (server: string, name: string, index: number): Problem =>
  problem(
    'error',
    'mcp_value_missing',
    ['settings', 'mcpServers', index],
    `This machine has no value for \${${name}}, which the MCP server "${server}" needs.`,
    `Store it in the keychain under Settings, Workflow, MCP servers, or with \`cerevisor auth set mcp:${name}\`.`,
  );
