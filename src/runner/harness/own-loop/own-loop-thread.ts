import { evaluatePolicy } from '../../../permissions/decide.ts';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import { endDescendants } from '../end-descendants.ts';
import type { HostThread, HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { type AgentEnd, AgentLoop, type AgentLoopOptions } from './loop/agent-loop.ts';
import { type Pause, pauseFor } from './loop/ask-with-retries.ts';
import { contextTokensOf } from './loop/context-size.ts';
import { promptMessage } from './loop/prompt-message.ts';
import { TurnOutput } from './loop/turn-output.ts';
import type { McpServers } from './mcp/mcp-servers.ts';
import type { ModelService } from './model/connect-model.ts';
import { requestSettings } from './model/request-settings.ts';
import { addTokens, type Tokens } from './model/usage.ts';
import { instructionsFor } from './prompt/instructions.ts';
import { NO_RULES, projectRules } from './prompt/project-rules.ts';
import type { Conversation, TurnChoice } from './store/conversation.ts';
import { runSubagent, taskAgents } from './subagent.ts';
import { childEnvironment } from './tools/child-environment.ts';
import { Commands } from './tools/commands.ts';
import { taskTool } from './tools/task-tool.ts';
import { toolsFor } from './tools/toolbox.ts';

export type OpenedOwnLoopThread = {
  readonly thread: HostThread;
  readonly service: ModelService;
  readonly conversation: Conversation;
  /** Notices about the thread, for its next turn. */
  readonly notices: readonly string[];
  readonly pause?: Pause;
  readonly maxSteps?: number;
};

const MAX_STEPS = 250;

/** A thread of Cerevisor's own loop that is open in this process. */
export class OwnLoopThread implements HarnessThread {
  readonly #opened: OpenedOwnLoopThread;
  #notices: readonly string[];

  constructor(opened: OpenedOwnLoopThread) {
    this.#opened = opened;
    this.#notices = opened.notices;
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const { thread, conversation } = this.#opened;
    const startedAt = performance.now();
    const output = new TurnOutput(sink);
    const tokens = new TurnTokens(output);
    const recordProcess = (identity: Parameters<Conversation['addProcess']>[0]) =>
      conversation.addProcess(identity);
    const commands = new Commands(thread.cwd, childEnvironment(process.env), recordProcess);
    let servers: McpServers | null = null;
    try {
      for (const text of this.#notices) await output.notice('info', text);
      this.#notices = [];
      const choice = this.#choiceOf(turn);
      servers = await this.#openServers(choice, output);
      const message = await promptMessage(turn, signal);
      conversation.addPrompt(turn.turnId, message, choice);
      const loopOptions = await this.#loopOptions(turn, choice, {
        output,
        commands,
        servers,
        tokens,
        signal,
      });
      const end = await new AgentLoop(loopOptions).run();
      return {
        ...endOf(end),
        ...tokens.usage,
        durationMs: Math.round(performance.now() - startedAt),
      };
    } catch (error) {
      if (signal.aborted) return { status: 'CANCELLED', ...tokens.usage };
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    } finally {
      await Promise.all([commands.stopAll(), servers?.close()]);
      // Includes detached processes: nothing of a turn outlives it.
      await endDescendants(thread.threadId);
    }
  }

  async close(): Promise<void> {
    await this.#opened.service.close();
    this.#opened.conversation.close();
  }

  async #openServers({ mode }: TurnChoice, output: TurnOutput): Promise<McpServers | null> {
    const { mcpServers = {}, cwd, threadId } = this.#opened.thread;
    // It is unknown whether their tools are read-only.
    if (mode === 'plan' || Object.keys(mcpServers).length === 0) return null;
    const mcpOptions = { cwd, threadId, supportsImages: this.#seesImages };
    // Loaded on demand: the library takes a considerable amount of memory.
    const { openMcpServers } = await import('./mcp/mcp-servers.ts');
    const servers = await openMcpServers(mcpServers, mcpOptions);
    for (const problem of servers.problems) await output.notice('error', problem);
    return servers;
  }

  /** A resumed turn has neither model nor mode: the thread keeps its own. */
  #choiceOf({ model, modelParameters, mode }: HostTurn): TurnChoice {
    const { thread, conversation } = this.#opened;
    return {
      model: model ?? thread.model ?? conversation.choice.model,
      modelParameters:
        modelParameters ?? thread.modelParameters ?? conversation.choice.modelParameters,
      mode: mode ?? conversation.choice.mode,
    };
  }

  /** Only Anthropic's API accepts images in tool results. */
  get #seesImages(): boolean {
    return this.#opened.service.api === 'anthropic-messages';
  }

  async #loopOptions(
    turn: HostTurn,
    choice: TurnChoice,
    resources: TurnResources,
  ): Promise<AgentLoopOptions> {
    const { thread, service, conversation, pause = pauseFor, maxSteps = MAX_STEPS } = this.#opened;
    const { cwd, permissions: policy } = thread;
    const { output, tokens, signal } = resources;
    const { model, modelParameters, mode } = choice;
    if (model === undefined) throw new HarnessError(NO_MODEL);
    const isPlanning = mode === 'plan';
    const settings = requestSettings(modelParameters);
    const rules = thread.settingSources.includes('project') ? await projectRules(cwd) : NO_RULES;
    const today = new Date().toISOString().slice(0, 10);
    const outside = new OutsidePaths(cwd);
    const tools = toolsFor({
      cwd,
      commands: resources.commands,
      mcpTools: resources.servers?.tools ?? [],
      supportsImages: this.#seesImages,
      isPlanning,
      allowsPrivate: allowsPrivateAddress(thread),
    });
    const loopOptions: AgentLoopOptions = {
      turnId: turn.turnId,
      cwd,
      service,
      model,
      settings,
      contextTokens: await contextTokensOf(service, model, settings.contextTokens),
      instructions: instructionsFor({ cwd, rules, isPlanning, today }),
      tools,
      outputSchema: turn.outputSchema,
      conversation,
      output,
      policy,
      warningsOf: (name, input) => outside.warningsFor(name, input),
      onTokens: (usedTokens) => tokens.add(usedTokens),
      maxSteps,
      pause,
      signal,
    };
    const { subagents = [] } = thread;
    const roles = {
      subagents,
      instructions: (role: string | undefined) =>
        instructionsFor({ cwd, rules, isPlanning, role, today }),
    };
    const task = taskTool(taskAgents(subagents), isPlanning, (agent, prompt, context) =>
      runSubagent(loopOptions, roles, { agent, prompt, context }),
    );
    return { ...loopOptions, tools: [...tools, task] };
  }
}

type TurnResources = {
  readonly output: TurnOutput;
  readonly commands: Commands;
  readonly servers: McpServers | null;
  readonly tokens: TurnTokens;
  readonly signal: AbortSignal;
};

const NO_MODEL = {
  code: 'invalid_model',
  message: 'This agent has no model.',
  suggestion:
    'Choose a model for the agent, or a default model for the provider in Settings > Providers.',
};

/** Pages on private networks require an explicit rule; the permission for the network is not enough. */
function allowsPrivateAddress({ permissions, cwd }: HostThread): (url: URL) => boolean {
  const rules = permissions?.rules ?? [];
  const policy = {
    filesystemWrite: 'ask',
    execution: 'ask',
    network: 'ask',
    mcp: 'ask',
    rules,
  } as const;
  return ({ href }) =>
    evaluatePolicy(policy, {
      category: 'network',
      tool: 'fetch',
      args: {},
      path: href,
      folder: cwd,
    }).decision === 'allow';
}

class TurnTokens {
  readonly #voice: TurnOutput;
  #sum: Tokens | null = null;

  constructor(output: TurnOutput) {
    this.#voice = output;
  }

  /** Empty if no provider reported usage, which is not the same as zero. */
  get usage(): Pick<TurnEnd, 'usage'> {
    return this.#sum === null ? {} : { usage: this.#sum };
  }

  async add(tokens: Tokens): Promise<void> {
    this.#sum = addTokens(this.#sum, tokens);
    if (this.#sum !== null) await this.#voice.usage(this.#sum);
  }
}

function endOf(end: AgentEnd): TurnEnd {
  switch (end.kind) {
    case 'finished':
      return { status: 'FINISHED', result: end.text };
    case 'cancelled':
      return { status: 'CANCELLED' };
    case 'failed':
      // A transient failure interrupts the turn, which can then be resumed; any other failure ends it.
      return { status: end.isTransient ? 'INTERRUPTED' : 'ERROR', failure: end.failure };
    default:
      return end satisfies never;
  }
}
