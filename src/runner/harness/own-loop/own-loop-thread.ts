import { evaluatePolicy } from '../../../permissions/decide.ts';
import type { HarnessThread, TurnSink } from '../adapter.ts';
import { endDescendants } from '../end-descendants.ts';
import type { HostThread, HostTurn, TurnEnd } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { OutsidePaths } from '../outside-paths.ts';
import { type AgentEnd, AgentLoop, type AgentSetting } from './loop/agent-loop.ts';
import { type Pause, realPause } from './loop/ask-patiently.ts';
import { contextTokensOf } from './loop/context-size.ts';
import { promptMessage } from './loop/prompt-message.ts';
import { Voice } from './loop/voice.ts';
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

export type Opened = {
  readonly thread: HostThread;
  readonly service: ModelService;
  readonly conversation: Conversation;
  /** About the thread, to be told in its next turn. */
  readonly notices: readonly string[];
  readonly pause?: Pause;
  readonly maxSteps?: number;
};

const MAX_STEPS = 250;

/** A thread of Cerevisor's own loop, open in this process. */
export class OwnLoopThread implements HarnessThread {
  readonly #opened: Opened;
  #notices: readonly string[];

  constructor(opened: Opened) {
    this.#opened = opened;
    this.#notices = opened.notices;
  }

  async runTurn(turn: HostTurn, sink: TurnSink, signal: AbortSignal): Promise<TurnEnd> {
    const { thread, conversation } = this.#opened;
    const beganAt = performance.now();
    const voice = new Voice(sink);
    const tokens = new TurnTokens(voice);
    const note = (identity: Parameters<Conversation['addProcess']>[0]) =>
      conversation.addProcess(identity);
    const commands = new Commands(thread.cwd, childEnvironment(process.env), note);
    let servers: McpServers | null = null;
    try {
      for (const text of this.#notices) await voice.notice('info', text);
      this.#notices = [];
      const choice = this.#choiceOf(turn);
      servers = await this.#openServers(choice, voice);
      const message = await promptMessage(turn, signal);
      conversation.addPrompt(turn.turnId, message, choice);
      const setting = await this.#setting(turn, choice, {
        voice,
        commands,
        servers,
        tokens,
        signal,
      });
      const end = await new AgentLoop(setting).run();
      return {
        ...endOf(end),
        ...tokens.usage,
        durationMs: Math.round(performance.now() - beganAt),
      };
    } catch (error) {
      if (signal.aborted) return { status: 'CANCELLED', ...tokens.usage };
      if (error instanceof HarnessError) return { status: 'ERROR', failure: error.failure };
      throw error;
    } finally {
      await Promise.all([commands.stopAll(), servers?.close()]);
      // Also what let go of its parents: nothing of a turn outlives it.
      await endDescendants(thread.threadId);
    }
  }

  async close(): Promise<void> {
    await this.#opened.service.close();
    this.#opened.conversation.close();
  }

  async #openServers({ mode }: TurnChoice, voice: Voice): Promise<McpServers | null> {
    const { mcpServers = {}, cwd, threadId } = this.#opened.thread;
    // Nobody can say of their tools that they change nothing.
    if (mode === 'plan' || Object.keys(mcpServers).length === 0) return null;
    const place = { cwd, threadId, seesImages: this.#seesImages };
    // Loaded where there are some: the library takes its share of the memory.
    const { openMcpServers } = await import('./mcp/mcp-servers.ts');
    const servers = await openMcpServers(mcpServers, place);
    for (const problem of servers.problems) await voice.notice('error', problem);
    return servers;
  }

  /** A turn that only continues names neither model nor mode: the thread keeps its own. */
  #choiceOf({ model, modelParameters, mode }: HostTurn): TurnChoice {
    const { thread, conversation } = this.#opened;
    return {
      model: model ?? thread.model ?? conversation.choice.model,
      modelParameters:
        modelParameters ?? thread.modelParameters ?? conversation.choice.modelParameters,
      mode: mode ?? conversation.choice.mode,
    };
  }

  /** Only Anthropic's API takes pictures as the result of a call. */
  get #seesImages(): boolean {
    return this.#opened.service.api === 'anthropic-messages';
  }

  async #setting(turn: HostTurn, choice: TurnChoice, live: Live): Promise<AgentSetting> {
    const { thread, service, conversation, pause = realPause, maxSteps = MAX_STEPS } = this.#opened;
    const { cwd, permissions: policy } = thread;
    const { voice, tokens, signal } = live;
    const { model, modelParameters, mode } = choice;
    if (model === undefined) throw new HarnessError(NO_MODEL);
    const isPlanning = mode === 'plan';
    const settings = requestSettings(modelParameters);
    const rules = thread.settingSources.includes('project') ? await projectRules(cwd) : NO_RULES;
    const today = new Date().toISOString().slice(0, 10);
    const outside = new OutsidePaths(cwd);
    const tools = toolsFor({
      cwd,
      commands: live.commands,
      mcpTools: live.servers?.tools ?? [],
      seesImages: this.#seesImages,
      isPlanning,
      allowsPrivate: privateRule(thread),
    });
    const setting: AgentSetting = {
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
      voice,
      policy,
      warningsOf: (name, input) => outside.warningsFor(name, input),
      onTokens: (used) => tokens.add(used),
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
      runSubagent(setting, roles, { agent, prompt, context }),
    );
    return { ...setting, tools: [...tools, task] };
  }
}

type Live = {
  readonly voice: Voice;
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

/** Pages of private networks are fetched where a rule says so; the permission for the network alone does not. */
function privateRule({ permissions, cwd }: HostThread): (url: URL) => boolean {
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
  readonly #voice: Voice;
  #sum: Tokens | null = null;

  constructor(voice: Voice) {
    this.#voice = voice;
  }

  /** Nothing if no service has told anything: that is not the same as none. */
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
      // What passes by itself interrupts the turn, and it can be taken up again; a refusal ends it.
      return { status: end.isTransient ? 'INTERRUPTED' : 'ERROR', failure: end.failure };
    default:
      return end satisfies never;
  }
}
