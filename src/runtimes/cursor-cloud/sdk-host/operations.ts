import type {
  AgentOptions,
  CloudAgentOptions,
  Run,
  SDKAgent,
  SDKUserMessage,
  SendOptions,
} from '@cursor/sdk';
import { createResponseSchema, followUpResponseSchema } from '../wire.ts';
import type { Operation, OperationOf, Value } from './protocol.ts';
import type { CallTrace } from './traced-fetch.ts';

type Sdk = typeof import('@cursor/sdk');
type McpServers = NonNullable<AgentOptions['mcpServers']>;

/** Executes an operation with the SDK. @throws the SDK's errors */
export async function executeOperation(
  sdk: Sdk,
  operation: Operation,
  apiKey: string,
  trace: CallTrace,
): Promise<unknown> {
  switch (operation.name) {
    case 'launch':
      return launch(sdk, operation, apiKey, trace);
    case 'followUp':
      return followUp(sdk, operation, apiKey, trace);
    case 'reconnect':
      return reconnect(sdk, operation, apiKey);
    case 'cancel':
      await sdk.Agent.cancelRun(operation.runId, {
        runtime: 'cloud',
        agentId: operation.agentId,
        apiKey,
      });
      return null;
    case 'me':
      return sdk.Cursor.me({ apiKey });
    case 'models':
      return sdk.Cursor.models.list({ apiKey });
    case 'repositories':
      return sdk.Cursor.repositories.list({ apiKey });
    default:
      return operation satisfies never;
  }
}

async function launch(
  sdk: Sdk,
  operation: OperationOf<'launch'>,
  apiKey: string,
  trace: CallTrace,
): Promise<Value<'launch'>> {
  const { agentId, images } = operation;
  const agent = await sdk.Agent.create({
    apiKey,
    ...(agentId === undefined ? {} : { agentId }),
    name: operation.agentName,
    ...turnOptions(operation),
    ...subagentOption(operation.subagents),
    ...mcpOption(operation.mcpServers),
    cloud: cloudOptions(operation.cloud),
  });
  const message =
    images === undefined ? operation.prompt : { text: operation.prompt, images: [...images] };
  const run = await sendAndClose(agent, message);
  const response = createResponseSchema.safeParse(parseBody(trace.created)).data;
  const agentUrl = response?.agent.url;
  return {
    agentId: agent.agentId,
    runId: run.id,
    status: response?.run.status ?? 'CREATING',
    ...(agentUrl === undefined ? {} : { agentUrl }),
  };
}

async function followUp(
  sdk: Sdk,
  operation: OperationOf<'followUp'>,
  apiKey: string,
  trace: CallTrace,
): Promise<Value<'followUp'>> {
  // Inline MCP servers are not preserved by a resume, so they are passed again with every follow-up.
  const agent = await sdk.Agent.resume(operation.agentId, {
    apiKey,
    ...mcpOption(operation.mcpServers),
  });
  const run = await sendAndClose(agent, operation.prompt, turnOptions(operation));
  const response = followUpResponseSchema.safeParse(parseBody(trace.created)).data;
  return { agentId: operation.agentId, runId: run.id, status: response?.run.status ?? 'CREATING' };
}

async function reconnect(
  sdk: Sdk,
  operation: OperationOf<'reconnect'>,
  apiKey: string,
): Promise<Value<'reconnect'>> {
  const agent = await sdk.Agent.resume(operation.agentId, { apiKey });
  try {
    const run = await sdk.Agent.getRun(operation.runId, {
      runtime: 'cloud',
      agentId: operation.agentId,
      apiKey,
    });
    return { agentId: agent.agentId, runId: run.id };
  } finally {
    agent.close();
  }
}

/** Closing aborts the stream that `send` opened; the run itself continues. */
async function sendAndClose(
  agent: SDKAgent,
  message: string | SDKUserMessage,
  options: SendOptions = {},
): Promise<Run> {
  try {
    return await agent.send(message, options);
  } finally {
    agent.close();
  }
}

/** The SDK does not accept `undefined` for omitted options, which the protocol's optional fields may contain. */
function turnOptions({ model, mode }: Pick<OperationOf<'followUp'>, 'model' | 'mode'>) {
  return {
    ...(model === undefined ? {} : { model: modelOption(model) }),
    ...(mode === undefined ? {} : { mode }),
  };
}

function modelOption({ id, params }: NonNullable<OperationOf<'followUp'>['model']>) {
  return params === undefined ? { id } : { id, params };
}

function cloudOptions(cloud: OperationOf<'launch'>['cloud']): CloudAgentOptions {
  const { repos, env, envVars, workOnCurrentBranch, skipReviewerRequest } = cloud;
  const { openAsCursorGithubApp, autoCreatePR, metadata } = cloud;
  return {
    repos: repos.map(({ url, startingRef, prUrl }) => ({
      url,
      ...(startingRef === undefined ? {} : { startingRef }),
      ...(prUrl === undefined ? {} : { prUrl }),
    })),
    autoCreatePR,
    metadata,
    ...(workOnCurrentBranch === undefined ? {} : { workOnCurrentBranch }),
    ...(skipReviewerRequest === undefined ? {} : { skipReviewerRequest }),
    ...(openAsCursorGithubApp === undefined ? {} : { openAsCursorGithubApp }),
    ...(envVars === undefined ? {} : { envVars }),
    ...(env === undefined
      ? {}
      : { env: env.name === undefined ? { type: env.type } : { type: env.type, name: env.name } }),
  };
}

function subagentOption(subagents: OperationOf<'launch'>['subagents']): {
  agents?: NonNullable<AgentOptions['agents']>;
} {
  if (subagents === undefined || subagents.length === 0) return {};
  const agents = subagents.map(({ name, description, prompt, model }) => {
    const choice = model === undefined || model === 'inherit' ? model : modelOption(model);
    return [name, { description, prompt, ...(choice === undefined ? {} : { model: choice }) }];
  });
  // The entries are pairs of a name and a definition.
  return { agents: Object.fromEntries(agents) as NonNullable<AgentOptions['agents']> };
}

function mcpOption(servers: Record<string, unknown> | undefined): { mcpServers?: McpServers } {
  // Cursor validates the servers and reports what is wrong; a second validation here would drift from it.
  return servers === undefined ? {} : { mcpServers: servers as McpServers };
}

function parseBody(body: string | undefined): unknown {
  return body === undefined ? undefined : JSON.parse(body);
}
