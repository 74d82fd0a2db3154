import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import { type Value, ValueSchema } from '@bufbuild/protobuf/wkt';
import type { McpStateServer } from '../proto/tools_pb.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';
import { callTool } from './call-tool.ts';

type Result = NonNullable<Extract<Tool, { case: 'mcpToolCall' }>['value']['result']>['result'];

/** Calls a tool of an MCP server that the client runs, or one of its custom tools (server `custom-user-tools`). */
export async function mcpStep(
  context: TurnContext,
  server: string,
  tool: string,
  plainArgs: Readonly<Record<string, unknown>>,
): Promise<void> {
  const servers = await serversOf(context);
  const known = servers.find(
    ({ serverName, serverIdentifier }) => serverName === server || serverIdentifier === server,
  );
  const definition = known?.tools.find(({ name, toolName }) => toolName === tool || name === tool);
  const identifier = known?.serverIdentifier ?? server;
  const args = {
    name: definition?.name ?? `${server}-${tool}`,
    args: valuesOf(plainArgs),
    providerIdentifier: definition?.providerIdentifier ?? identifier,
    toolName: definition?.toolName ?? tool,
    serverIdentifier: identifier,
  };
  const startedCall: Tool = { case: 'mcpToolCall', value: { args } };
  await callTool(context, { tool: 'mcp', key: args.toolName }, startedCall, async (toolCallId) => {
    const { answers, thrown } = await context.client.request({
      case: 'mcpArgs',
      value: { ...args, toolCallId },
    });
    const answer = answers.find((one) => one.case === 'mcpResult');
    const result = resultOf(answer?.value.result, thrown ?? `${server} did not respond`, servers);
    return { case: 'mcpToolCall', value: { args, result: { result } } };
  });
}

/** Shows a call of an arbitrary tool, which is not executed. The protocol can show it only as a call of an MCP tool. */
export async function unknownToolStep(
  context: TurnContext,
  name: string,
  plainArgs: Readonly<Record<string, unknown>>,
): Promise<void> {
  const args = { name, toolName: name, providerIdentifier: '', args: valuesOf(plainArgs) };
  const startedCall: Tool = { case: 'mcpToolCall', value: { args } };
  await callTool(context, { tool: 'mcp', key: name }, startedCall, async () => ({
    case: 'mcpToolCall',
    value: { args, result: { result: { case: 'success', value: {} } } },
  }));
}

async function serversOf({ client }: TurnContext): Promise<readonly McpStateServer[]> {
  const { answers } = await client.request({ case: 'mcpStateExecArgs', value: {} });
  for (const answer of answers) {
    if (answer.case !== 'mcpStateExecResult') continue;
    if (answer.value.result.case === 'success') return answer.value.result.value.servers;
  }
  return [];
}

function resultOf(
  result:
    | Extract<
        Awaited<ReturnType<TurnContext['client']['request']>>['answers'][number],
        { case: 'mcpResult' }
      >['value']['result']
    | undefined,
  fallback: string,
  servers: readonly McpStateServer[],
): NonNullable<Result> {
  switch (result?.case) {
    case 'success':
    case 'error':
    case 'rejected':
      return result;
    case 'permissionDenied':
      return { case: 'error', value: result.value };
    case 'toolNotFound':
    case 'serverNotFound': {
      const known = servers
        .map(
          ({ serverName, tools }) =>
            `${serverName} (${tools.map((one) => one.toolName).join(', ')})`,
        )
        .join('; ');
      const error = `There is no tool ${result.value.name}. The client has: ${known === '' ? 'none' : known}`;
      return { case: 'error', value: { error } };
    }
    default:
      return { case: 'error', value: { error: fallback } };
  }
}

function valuesOf(args: Readonly<Record<string, unknown>>): Record<string, Value> {
  return Object.fromEntries(
    // Arguments of scripts are JSON, so every value is a JSON value.
    Object.entries(args).map(([name, value]) => [name, fromJson(ValueSchema, value as JsonValue)]),
  );
}
