import { createHash } from 'node:crypto';
import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { mcpFailureText } from '../lib/mcp-failure.ts';
import { withTimeout } from '../lib/with-timeout.ts';
import type { McpServer } from '../workflow/schema/settings.ts';

/** Generous, because the first start of a server often downloads its package. */
const TIMEOUT_MS = 30_000;
const CACHE_MS = 5 * 60_000;

export type McpCheck = {
  readonly name: string;
  /** The names of its tools; null if the server cannot be used. */
  readonly tools: readonly string[] | null;
  readonly problem: string | null;
};

export type McpCheckContext = {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** Starts MCP servers as agents do and lists their tools. Successful results are cached for five minutes. */
export class McpServerChecker {
  readonly #now: () => number;
  readonly #cache = new Map<string, { readonly at: number; readonly check: Promise<McpCheck> }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  check(servers: readonly McpServer[], context: McpCheckContext): Promise<readonly McpCheck[]> {
    return Promise.all(servers.map((server) => this.#cachedCheck(server, context)));
  }

  #cachedCheck(server: McpServer, context: McpCheckContext): Promise<McpCheck> {
    const key = createHash('sha256')
      .update(JSON.stringify([server, context.cwd]))
      .digest('hex');
    const cached = this.#cache.get(key);
    if (cached !== undefined && this.#now() - cached.at < CACHE_MS) return cached.check;
    const check = checkServer(server, context);
    this.#cache.set(key, { at: this.#now(), check });
    // Failures are not cached, so that the next request checks again.
    void check.then(({ problem }) => {
      if (problem !== null && this.#cache.get(key)?.check === check) this.#cache.delete(key);
    });
    return check;
  }
}

async function checkServer(server: McpServer, context: McpCheckContext): Promise<McpCheck> {
  const { name } = server;
  let client: MCPClient | null = null;
  try {
    const transport = transportFor(server, context);
    const connecting = createMCPClient({ transport, clientName: 'cerevisor' });
    client = await withTimeout(connecting, TIMEOUT_MS, 'it did not start in time');
    const { tools } = await withTimeout(
      client.listTools(),
      TIMEOUT_MS,
      'it did not list its tools in time',
    );
    return { name, tools: tools.map((tool) => tool.name), problem: null };
  } catch (error) {
    return { name, tools: null, problem: mcpFailureText(error, server.command).slice(0, 500) };
  } finally {
    // The result is known already, so a failure to close changes nothing.
    await client?.close().catch(() => undefined);
  }
}

function transportFor(server: McpServer, { cwd, environment }: McpCheckContext) {
  const { command, args = [], env = {}, url = '', headers, type } = server;
  if (command !== undefined)
    return new Experimental_StdioMCPTransport({
      command,
      args,
      cwd,
      env: { ...environment, ...env },
      stderr: 'ignore',
    });
  const kind = type === 'sse' ? ('sse' as const) : ('http' as const);
  return { type: kind, url, ...(headers === undefined ? {} : { headers }) };
}
