import { z } from 'zod';
import { type CallFailure, callFailure } from './errors.ts';

type Servers = Record<string, Record<string, unknown>>;
export type McpServers =
  | { readonly ok: true; readonly servers: Servers | undefined }
  | { readonly ok: false; readonly failure: CallFailure };

const namedListSchema = z.array(z.looseObject({ name: z.string().min(1) }));
const recordSchema = z.record(z.string(), z.looseObject({}));

/**
 * Converts MCP servers to the SDK's form, an object by name. Workflows store them as a list, the form of Cursor's API.
 * Anything else is rejected, because silently dropped servers would only show as missing tools of the agent.
 */
export function toMcpServers(value: unknown): McpServers {
  if (value === undefined || value === null) return { ok: true, servers: undefined };
  const list = namedListSchema.safeParse(value);
  if (list.success) return fromList(list.data);
  const record = recordSchema.safeParse(value);
  if (record.success) return { ok: true, servers: record.data };
  return invalid('The MCP servers are neither a list nor an object of named servers.');
}

function fromList(list: z.infer<typeof namedListSchema>): McpServers {
  const servers = new Map(list.map(({ name, ...server }) => [name, server]));
  if (servers.size < list.length) return invalid('Two MCP servers have the same name.');
  return { ok: true, servers: servers.size === 0 ? undefined : Object.fromEntries(servers) };
}

const invalid = (message: string): McpServers => ({
  ok: false,
  failure: callFailure('invalid_request', message, true),
});
