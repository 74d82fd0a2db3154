// The unmodified SDK in a process of its own, whose home is a temporary folder. The tests tell it what to do, and it
// tells them what it saw. `CURSOR_BACKEND_URL` is set before it starts.
import type { AgentOptions, SDKMessage, SendOptions } from '@cursor/sdk';
import { Agent } from '@cursor/sdk';
import { SqliteLocalAgentStore } from '@cursor/sdk/sqlite';
import type { ChildCommand, RunReport } from './local-harness.ts';

const agents = new Map<string, Awaited<ReturnType<typeof Agent.create>>>();
const receivedByTools: unknown[] = [];

process.on('message', (message) => {
  // Sent by `local-harness.ts` alone.
  const { id, command } = message as { id: number; command: ChildCommand };
  handle(command).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: describe(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
// Observed: a cancelled turn can leave an AbortError that nobody handles. Whatever else is not handled ends the process.
process.on('unhandledRejection', (error) => {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
});

function describe(error: unknown): { message: string; code?: string } {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return { message, ...(code === undefined ? {} : { code }) };
}

async function handle(command: ChildCommand): Promise<unknown> {
  switch (command.do) {
    case 'create': {
      const agent = await Agent.create(await optionsOf(command));
      agents.set(agent.agentId, agent);
      return agent.agentId;
    }
    case 'resume': {
      agents.set(command.agentId, await Agent.resume(command.agentId, await optionsOf(command)));
      return command.agentId;
    }
    case 'run':
      return run(command);
    case 'usage':
      return agentOf(command.agentId).getUsage();
    case 'messages':
      return Agent.messages.list(command.agentId, {
        runtime: 'local',
        cwd: command.cwd,
      });
    case 'received':
      return receivedByTools;
    default:
      return command satisfies never;
  }
}

/** One for each folder: an agent that is resumed finds what it left. */
const stores = new Map<string, ReturnType<typeof SqliteLocalAgentStore.open>>();

function storeIn(folder: string): ReturnType<typeof SqliteLocalAgentStore.open> {
  // Observed: the store of JSON lines takes a time that grows with the square of the number of events.
  const store =
    stores.get(folder) ?? SqliteLocalAgentStore.open({ workspaceRef: folder, stateRoot: folder });
  stores.set(folder, store);
  return store;
}

async function optionsOf(
  command: Extract<ChildCommand, { do: 'create' | 'resume' }>,
): Promise<AgentOptions> {
  const { cwd, store, retries, hasCustomTool, ...more } = command.options;
  return {
    apiKey: 'crsr_rehearsal',
    model: { id: 'composer-2' },
    ...more,
    local: {
      cwd,
      store: await storeIn(store),
      enableAgentRetries: retries,
      ...command.options.local,
      ...(hasCustomTool ? { customTools } : {}),
    },
  };
}

const customTools = {
  hello: {
    description: 'Greets',
    inputSchema: { type: 'object', properties: { name: { type: 'string' } } },
    execute: (args: Record<string, unknown>) => {
      receivedByTools.push(args);
      return `Hello ${String(args.name)}`;
    },
  },
};

function agentOf(agentId: string) {
  const agent = agents.get(agentId);
  if (agent === undefined) throw new Error(`No agent ${agentId}`);
  return agent;
}

/** One turn from its start to its end, with whatever is to happen on the way. */
async function run(command: Extract<ChildCommand, { do: 'run' }>): Promise<RunReport> {
  const deltas: RunReport['deltas'] = [];
  const options: SendOptions = {
    ...command.options,
    onDelta: ({ update }) => {
      const { type } = update;
      // Only of interest where it has one.
      const event = 'event' in update ? update.event : undefined;
      deltas.push({ type, ...(event === undefined ? {} : { event }) });
    },
  };
  const prompt =
    command.images === undefined
      ? command.prompt
      : { text: command.prompt, images: command.images };
  const started = await agentOf(command.agentId).send(prompt, options);
  const messages: SDKMessage[] = [];
  let steered: Promise<string> | undefined;
  for await (const message of started.stream()) {
    messages.push(message);
    if (command.announce === true) process.send?.({ seen: message.type });
    const isTool = message.type === 'tool_call' && message.status === 'running';
    if (isTool && command.atFirstTool === 'cancel') await started.cancel();
    if (isTool && command.atFirstTool === 'steer') steered ??= started.steer?.('And hurry');
  }
  const result = await started.wait();
  return {
    messages,
    result,
    deltas,
    conversation: await started.conversation(),
    ...(steered === undefined ? {} : { steered: await steered }),
  };
}

process.send?.({ ready: true });
