import { z } from 'zod';
import type { EngineContext } from '../engine/context.ts';
import { McpServerChecker } from '../mcp/check.ts';
import type { McpValues } from '../mcp/values.ts';
import type { Result } from '../runtimes/provider-error.ts';
import type { McpValueService } from '../server/services.ts';
import { environmentForChildren } from '../settings/child-environment.ts';
import { requiredValues, withValues } from '../workflow/mcp-values.ts';
import { type McpServer, mcpServerSchema } from '../workflow/schema/settings.ts';

const serversSchema = z.array(mcpServerSchema);

/** The MCP servers of a workflow with the user's values. For the harness only; never store the result. */
export async function withMcpValues(
  values: Pick<McpValues, 'read'>,
  servers: unknown,
): Promise<Result<unknown>> {
  const parsed = serversSchema.safeParse(servers);
  if (!parsed.success) return { ok: true, value: servers };
  const names = [...new Set(parsed.data.flatMap(requiredValues))];
  if (names.length === 0) return { ok: true, value: servers };
  const found = await values.read(names);
  const [first] = found.missing;
  if (first === undefined)
    return { ok: true, value: parsed.data.map((server) => withValues(server, found.values)) };
  return {
    ok: false,
    error: {
      code: 'invalid_request',
      message: `This machine has no value for \${${first}}, which an MCP server of the workflow needs.`,
      suggestion: `Store it in the keychain with \`cerevisor auth set mcp:${first}\`, then retry the agent.`,
    },
  };
}

/** The engine's checks of MCP servers before a run. */
export function mcpForEngine(
  values: McpValues,
  environment: Readonly<Record<string, string | undefined>>,
): NonNullable<EngineContext['mcp']> {
  const checker = new McpServerChecker();
  return {
    missingValues: async (names) => (await values.read(names)).missing,
    async check(servers: readonly McpServer[], folder) {
      const { values: found } = await values.read(servers.flatMap(requiredValues));
      const filled = servers.map((server) => withValues(server, found));
      const context = { cwd: folder, environment: environmentForChildren(environment) };
      const checked = await checker.check(filled, context);
      return checked.map(({ name, problem }) => ({ name, problem: hideValues(problem, found) }));
    },
  };
}

/** Removes the user's values from a message, because a program may repeat its arguments in its output. */
function hideValues(text: string | null, values: Readonly<Record<string, string>>): string | null {
  if (text === null) return null;
  return Object.values(values).reduce((shown, value) => shown.replaceAll(value, '…'), text);
}

export function mcpValueService(values: McpValues): McpValueService {
  const view = async (name: string) => {
    const { source, masked } = await values.credentialsFor(name).status();
    return { name, source, masked };
  };
  return {
    list: (names) => Promise.all(names.map(view)),
    async save(name, { key, ...choice }) {
      const stored = await values.credentialsFor(name).set(key, choice);
      return stored.ok ? { ok: true, value: await view(name) } : stored;
    },
    async clear(name) {
      const cleared = await values.credentialsFor(name).clear();
      return cleared.ok ? { ok: true, value: await view(name) } : cleared;
    },
  };
}
