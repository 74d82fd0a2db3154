import { z } from 'zod';
import { type CallFailure, ownFailure } from './errors.ts';

type Servers = Record<string, Record<string, unknown>>;
export type McpServers =
  | { readonly ok: true; readonly servers: Servers | undefined }
  | { readonly ok: false; readonly failure: CallFailure };

const named = z.array(z.looseObject({ name: z.string().min(1) }));
const byName = z.record(z.string(), z.looseObject({}));

/**
 * MCP servers as the SDK wants them, by name. A workflow keeps them as a list, the shape of Cursor's API. What
 * is neither is refused: servers that are dropped silently would only show as an agent that lacks its tools.
 */
export function toMcpServers(value: unknown): McpServers {
  if (value === undefined || value === null) return { ok: true, servers: undefined };
  const list = named.safeParse(value);
  if (list.success) return fromList(list.data);
  const record = byName.safeParse(value);
  if (record.success) return { ok: true, servers: record.data };
  return refused('The MCP servers are neither a list nor an object of named servers.');
}

function fromList(list: z.infer<typeof named>): McpServers {
  const servers = new Map(list.map(({ name, ...server }) => [name, server]));
  if (servers.size < list.length) return refused('Two MCP servers have the same name.');
  return { ok: true, servers: servers.size === 0 ? undefined : Object.fromEntries(servers) };
}

const refused = (message: string): McpServers => ({
  ok: false,
  failure: ownFailure('invalid_request', message, true),
});
