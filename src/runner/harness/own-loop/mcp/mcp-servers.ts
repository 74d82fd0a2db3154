import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { z } from 'zod';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import { THREAD_VARIABLE } from '../../harness.ts';
import { childEnvironment } from '../tools/child-environment.ts';
import type { OwnTool } from '../tools/own-tool.ts';
import { mcpResult } from './mcp-result.ts';

const START_MS = 60_000;
/** Names that services take are no longer. */
const MAX_NAME_LENGTH = 64;

const stdio = z.looseObject({
  command: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  cwd: z.string().optional(),
});
const remote = z.looseObject({
  url: z.string().min(1),
  type: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
});

export type McpServers = {
  readonly tools: readonly OwnTool[];
  /** Servers that could not be used, in words for people. */
  readonly problems: readonly string[];
  close(): Promise<void>;
};

export type McpPlace = {
  readonly cwd: string;
  readonly threadId: string;
  readonly seesImages: boolean;
};

/** Starts the servers and asks each for its tools. One that fails is left out, and told. */
export async function openMcpServers(
  servers: Readonly<Record<string, unknown>>,
  place: McpPlace,
): Promise<McpServers> {
  const opened = await Promise.all(
    Object.entries(servers).map(([name, server]) => openServer(name, server, place)),
  );
  return {
    tools: opened.flatMap((one) => ('problem' in one ? [] : one.tools)),
    problems: opened.flatMap((one) => ('problem' in one ? [one.problem] : [])),
    close: async () => {
      const clients = opened.flatMap((one) => ('problem' in one ? [] : [one.client]));
      // What does not end by itself is ended with the turn.
      await Promise.allSettled(clients.map((client) => client.close()));
    },
  };
}

type Opened = { readonly client: MCPClient; readonly tools: readonly OwnTool[] };

async function openServer(
  name: string,
  server: unknown,
  place: McpPlace,
): Promise<Opened | { readonly problem: string }> {
  let client: MCPClient | null = null;
  try {
    const transport = transportFor(server, place);
    const connecting = createMCPClient({ transport, clientName: 'cerevisor' });
    client = await withTimeout(connecting, START_MS, 'It did not start in time.');
    const { tools } = await withTimeout(
      client.listTools(),
      START_MS,
      'It did not list its tools in time.',
    );
    return { client, tools: ownTools(name, client, tools, place.seesImages) };
  } catch (error) {
    await client?.close().catch(() => {}); // It could not be used; why, is told.
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: `The MCP server "${name}" cannot be used: ${reason}` };
  }
}

function transportFor(server: unknown, { cwd, threadId }: McpPlace) {
  const program = stdio.safeParse(server).data;
  if (program !== undefined) {
    const { command, args = [], env = {} } = program;
    return new Experimental_StdioMCPTransport({
      command,
      args,
      cwd: program.cwd ?? cwd,
      // The library hands on only a few variables by itself; by the mark the server is found again.
      env: { ...childEnvironment(process.env), ...env, [THREAD_VARIABLE]: threadId },
      stderr: 'ignore',
    });
  }
  const address = remote.safeParse(server).data;
  if (address === undefined) throw new Error('It has neither a command nor a URL.');
  const { url, headers, type } = address;
  const kind = type === 'sse' ? ('sse' as const) : ('http' as const);
  return { type: kind, url, ...(headers === undefined ? {} : { headers }) };
}

function ownTools(
  server: string,
  client: MCPClient,
  tools: Awaited<ReturnType<MCPClient['listTools']>>['tools'],
  seesImages: boolean,
): readonly OwnTool[] {
  return tools.map((tool) => ({
    name: prefixed(server, tool.name),
    permissionName: tool.name,
    description: tool.description ?? `The tool ${tool.name} of the MCP server ${server}`,
    category: 'mcp',
    isReadOnly: false,
    inputSchema: tool.inputSchema,
    read: (input) => (typeof input === 'object' && input !== null ? input : {}),
    question: () => ({ server }),
    run: async (input, { signal }) => {
      const call = { name: tool.name, arguments: { ...Object(input) } };
      return mcpResult(await client.callTool({ ...call, options: { signal } }), seesImages);
    },
  }));
}

/** `mcp__server__tool`, as other agents name them, in letters that every service takes. */
const prefixed = (server: string, tool: string): string =>
  `mcp__${server}__${tool}`.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_NAME_LENGTH);
