import type { AgentOptions, LocalAgentStore, SDKUserMessage, SendOptions } from '@cursor/sdk';
import { z } from 'zod';
import { type HostThread, type HostTurn, THREAD_VARIABLE } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';

type Model = NonNullable<AgentOptions['model']>;
type McpServers = NonNullable<AgentOptions['mcpServers']>;
type Parameters = Readonly<Record<string, string>> | undefined;

const settingSources = z.array(z.enum(['project', 'user', 'team', 'mdm', 'plugins', 'all']));

/** The SDK's options of a thread. Throws `HarnessError` for unsupported values. */
export function agentOptions(
  thread: HostThread,
  model: Model,
  store: LocalAgentStore,
): AgentOptions {
  const { apiKey, name, cwd, sandbox, mcpServers, subagents } = thread;
  return {
    apiKey,
    agentId: thread.threadId,
    model,
    ...(name === undefined ? {} : { name }),
    ...(mcpServers === undefined
      ? {}
      : { mcpServers: withThreadMark(mcpServers, thread.threadId) }),
    ...(subagents === undefined || subagents.length === 0
      ? {}
      : { agents: Object.fromEntries(subagents.map(subagentOption)) }),
    local: {
      cwd,
      store,
      settingSources: settingSourcesOf(thread),
      // Always set: otherwise the user's ~/.cursor/sandbox.json would decide.
      sandboxOptions: { enabled: sandbox },
      // After a cut stream, the SDK would send the prompt again and repeat all text.
      enableAgentRetries: false,
    },
  };
}

export function modelOption(id: string, parameters: Parameters): Model {
  const params = Object.entries(parameters ?? {}).map(([name, value]) => ({ id: name, value }));
  return params.length === 0 ? { id } : { id, params };
}

export function userMessage({ prompt, images = [] }: HostTurn): string | SDKUserMessage {
  if (images.length === 0) return prompt;
  return { text: prompt, images: images.map(imageOption) };
}

/** The SDK's options of a turn. Parameters without a model apply to the thread's model. */
export function sendOptions(turn: HostTurn, threadModel: Model): SendOptions {
  const { model, modelParameters, mode } = turn;
  const isOwnModel = model !== undefined || modelParameters !== undefined;
  return {
    ...(isOwnModel ? { model: modelOption(model ?? threadModel.id, modelParameters) } : {}),
    ...(mode === undefined ? {} : { mode }),
    // A run that a crash left would block the thread forever. The runner ensures that a thread is open in only one
    // host.
    local: { force: true },
  };
}

function imageOption({ data, mimeType }: NonNullable<HostTurn['images']>[number]) {
  if (data !== undefined && mimeType !== undefined) return { data, mimeType };
  throw new HarnessError(
    failureFor(
      'invalid_request',
      'An image was given by its URL. A local agent accepts images only as data with a MIME type.',
    ),
  );
}

function subagentOption(subagent: NonNullable<HostThread['subagents']>[number]) {
  const { name, description, prompt, model, modelParameters } = subagent;
  // The SDK knows `inherit` too.
  const choice =
    model === undefined || model === 'inherit' ? model : modelOption(model, modelParameters);
  return [
    name,
    { description, prompt, ...(choice === undefined ? {} : ({ model: choice } as const)) },
  ] as const;
}

function settingSourcesOf(thread: HostThread) {
  const parsed = settingSources.safeParse(thread.settingSources);
  if (parsed.success) return parsed.data;
  const message = `Cursor does not support these settings sources: ${thread.settingSources.join(', ')}.`;
  throw new HarnessError(failureFor('invalid_request', message));
}

const stdio = z.looseObject({
  command: z.string(),
  env: z.record(z.string(), z.string()).optional(),
});

/** Adds the mark of the thread to the environment of MCP servers, which the SDK does not pass on. */
function withThreadMark(servers: Readonly<Record<string, unknown>>, threadId: string): McpServers {
  const entries = Object.entries(servers).map(([name, server]) => {
    const program = stdio.safeParse(server);
    if (!program.success) return [name, server];
    const env = { ...program.data.env, [THREAD_VARIABLE]: threadId };
    return [name, { ...program.data, env }];
  });
  // The SDK validates the servers itself; a second schema here would only diverge.
  return Object.fromEntries(entries) as McpServers;
}
