import { createHash } from 'node:crypto';
import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { inTime } from '../lib/in-time.ts';
import type { McpServer } from '../workflow/settings-schema.ts';

/** The first start of a server often fetches its package. */
const START_MS = 30_000;
const FRESH_MS = 5 * 60_000;

export type McpCheck = {
  readonly name: string;
  /** The tools that it offers; null when it cannot be used. */
  readonly tools: readonly string[] | null;
  readonly problem: string | null;
};

export type McpCheckPlace = {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
};

/** Starts MCP servers and asks each for its tools, as agents do. What was found counts for some minutes. */
export class McpChecks {
  readonly #now: () => number;
  readonly #found = new Map<string, { readonly at: number; readonly check: Promise<McpCheck> }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  check(servers: readonly McpServer[], place: McpCheckPlace): Promise<readonly McpCheck[]> {
    return Promise.all(servers.map((server) => this.#fresh(server, place)));
  }

  #fresh(server: McpServer, place: McpCheckPlace): Promise<McpCheck> {
    const key = createHash('sha256')
      .update(JSON.stringify([server, place.cwd]))
      .digest('hex');
    const known = this.#found.get(key);
    if (known !== undefined && this.#now() - known.at < FRESH_MS) return known.check;
    const check = checkServer(server, place);
    this.#found.set(key, { at: this.#now(), check });
    // What could not be used is looked at again as soon as someone asks.
    void check.then(({ problem }) => {
      if (problem !== null && this.#found.get(key)?.check === check) this.#found.delete(key);
    });
    return check;
  }
}

async function checkServer(server: McpServer, place: McpCheckPlace): Promise<McpCheck> {
  const { name } = server;
  let client: MCPClient | null = null;
  try {
    const transport = transportFor(server, place);
    const connecting = createMCPClient({ transport, clientName: 'cerevisor' });
    client = await inTime(connecting, START_MS, 'it did not start in time');
    const { tools } = await inTime(
      client.listTools(),
      START_MS,
      'it did not list its tools in time',
    );
    return { name, tools: tools.map((tool) => tool.name), problem: null };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { name, tools: null, problem: said.slice(0, 500) };
  } finally {
    // It was only asked; whether it ends cleanly changes nothing.
    await client?.close().catch(() => undefined);
  }
}

function transportFor(server: McpServer, { cwd, environment }: McpCheckPlace) {
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
