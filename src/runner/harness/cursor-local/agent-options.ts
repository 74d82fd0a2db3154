import type { AgentOptions, LocalAgentStore, SDKUserMessage, SendOptions } from '@cursor/sdk';
import { z } from 'zod';
import { type HostThread, type HostTurn, THREAD_VARIABLE } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';

type Model = NonNullable<AgentOptions['model']>;
type McpServers = NonNullable<AgentOptions['mcpServers']>;
type Parameters = Readonly<Record<string, string>> | undefined;

const settingSources = z.array(z.enum(['project', 'user', 'team', 'mdm', 'plugins', 'all']));

/** A thread as the SDK takes it. Throws `HarnessError` for what the SDK would not understand. */
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
    ...(mcpServers === undefined ? {} : { mcpServers: marked(mcpServers, thread.threadId) }),
    ...(subagents === undefined || subagents.length === 0
      ? {}
      : { agents: Object.fromEntries(subagents.map(subagentOption)) }),
    local: {
      cwd,
      store,
      settingSources: settingSourcesOf(thread),
      // Set in both ways: otherwise the user's own ~/.cursor/sandbox.json would decide.
      sandboxOptions: { enabled: sandbox },
      // The SDK would send the prompt again after a cut and say everything twice.
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

/** What a turn asks for next to its prompt. `thread`: parameters without a model belong to the thread's. */
export function sendOptions(turn: HostTurn, threadModel: Model): SendOptions {
  const { model, modelParameters, mode } = turn;
  const isOwnModel = model !== undefined || modelParameters !== undefined;
  return {
    ...(isOwnModel ? { model: modelOption(model ?? threadModel.id, modelParameters) } : {}),
    ...(mode === undefined ? {} : { mode }),
    // A run that a crash left behind would refuse the turn forever. The runner starts a thread in one host at a time.
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
  // `inherit` is the SDK's word too.
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

/** The SDK starts these programs with an environment of its own, in which the mark of the thread would be missing. */
function marked(servers: Readonly<Record<string, unknown>>, threadId: string): McpServers {
  const entries = Object.entries(servers).map(([name, server]) => {
    const program = stdio.safeParse(server);
    if (!program.success) return [name, server];
    const env = { ...program.data.env, [THREAD_VARIABLE]: threadId };
    return [name, { ...program.data, env }];
  });
  // The SDK checks the servers itself and says what is wrong; a second opinion here would only drift.
  return Object.fromEntries(entries) as McpServers;
}
