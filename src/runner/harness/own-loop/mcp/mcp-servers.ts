import { createMCPClient, type MCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport } from '@ai-sdk/mcp/mcp-stdio';
import { z } from 'zod';
import { mcpFailureText } from '../../../../lib/mcp-failure.ts';
import { withTimeout } from '../../../../lib/with-timeout.ts';
import { THREAD_VARIABLE } from '../../harness.ts';
import { childEnvironment } from '../tools/child-environment.ts';
import type { Tool } from '../tools/tool.ts';
import { mcpResult } from './mcp-result.ts';

const START_MS = 60_000;
/** The maximum length of tool names that providers accept. */
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
  readonly tools: readonly Tool[];
  /** Messages for the user about servers that could not be used. */
  readonly problems: readonly string[];
  close(): Promise<void>;
};

export type McpOptions = {
  readonly cwd: string;
  readonly threadId: string;
  readonly supportsImages: boolean;
};

/** Starts the servers and lists their tools. A server that fails is left out and reported. */
export async function openMcpServers(
  servers: Readonly<Record<string, unknown>>,
  options: McpOptions,
): Promise<McpServers> {
  const opened = await Promise.all(
    Object.entries(servers).map(([name, server]) => openServer(name, server, options)),
  );
  return {
    tools: opened.flatMap((one) => ('problem' in one ? [] : one.tools)),
    problems: opened.flatMap((one) => ('problem' in one ? [one.problem] : [])),
    close: async () => {
      const clients = opened.flatMap((one) => ('problem' in one ? [] : [one.client]));
      // Servers that do not exit are ended with the turn.
      await Promise.allSettled(clients.map((client) => client.close()));
    },
  };
}

type Opened = { readonly client: MCPClient; readonly tools: readonly Tool[] };

async function openServer(
  name: string,
  server: unknown,
  options: McpOptions,
): Promise<Opened | { readonly problem: string }> {
  let client: MCPClient | null = null;
  try {
    const transport = transportFor(server, options);
    const connecting = createMCPClient({ transport, clientName: 'cerevisor' });
    client = await withTimeout(connecting, START_MS, 'It did not start in time.');
    const { tools } = await withTimeout(
      client.listTools(),
      START_MS,
      'It did not list its tools in time.',
    );
    return { client, tools: toolsOf(name, client, tools, options.supportsImages) };
  } catch (error) {
    await client?.close().catch(() => {}); // The original error is reported.
    const reason = mcpFailureText(error, stdio.safeParse(server).data?.command);
    return { problem: `The MCP server "${name}" cannot be used: ${reason}` };
  }
}

function transportFor(server: unknown, { cwd, threadId }: McpOptions) {
  const program = stdio.safeParse(server).data;
  if (program !== undefined) {
    const { command, args = [], env = {} } = program;
    return new Experimental_StdioMCPTransport({
      command,
      args,
      cwd: program.cwd ?? cwd,
      // By default the library passes on only a few variables. The mark identifies the process.
      env: { ...childEnvironment(process.env), ...env, [THREAD_VARIABLE]: threadId },
      stderr: 'ignore',
    });
  }
  const address = remote.safeParse(server).data;
  if (address === undefined) throw new Error('It has neither a command nor a URL.');
  const { url, headers, type } = address;
  const transportType = type === 'sse' ? ('sse' as const) : ('http' as const);
  return { type: transportType, url, ...(headers === undefined ? {} : { headers }) };
}

function toolsOf(
  server: string,
  client: MCPClient,
  tools: Awaited<ReturnType<MCPClient['listTools']>>['tools'],
  supportsImages: boolean,
): readonly Tool[] {
  return tools.map((tool) => ({
    name: prefixedName(server, tool.name),
    permissionName: tool.name,
    description: tool.description ?? `The tool ${tool.name} of the MCP server ${server}`,
    category: 'mcp',
    isReadOnly: false,
    inputSchema: tool.inputSchema,
    read: (input) => (typeof input === 'object' && input !== null ? input : {}),
    permissionDetails: () => ({ server }),
    run: async (input, { signal }) => {
      const call = { name: tool.name, arguments: { ...Object(input) } };
      return mcpResult(await client.callTool({ ...call, options: { signal } }), supportsImages);
    },
  }));
}

/** `mcp__server__tool`, as in other agents, with characters that every provider accepts. */
const prefixedName = (server: string, tool: string): string =>
  `mcp__${server}__${tool}`.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_NAME_LENGTH);
