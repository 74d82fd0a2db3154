import { join } from 'node:path';
import type { TurnSink } from '../adapter.ts';
import type { HostThread, HostTurn } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { environmentOf, placesOf } from './environment.ts';
import { ownFailure } from './failures.ts';
import { Gate } from './gate.ts';
import type { ContentBlock, QueryOptions } from './sdk.ts';
import { sessionIdOf } from './session-id.ts';
import type { Program } from './spawn.ts';

/**
 * Claude Code's own tools that make sense where nobody sits in front of it: without those that ask the person, plan
 * work for later, or make worktrees next to ours.
 */
const TOOLS = [
  'Agent',
  'Bash',
  'Edit',
  'Glob',
  'Grep',
  'NotebookEdit',
  'Read',
  'Skill',
  'TodoWrite',
  'WebFetch',
  'WebSearch',
  'Write',
];

export type QueryRequest = {
  readonly thread: HostThread;
  readonly turn: HostTurn;
  /** The session has turns behind it. */
  readonly isResumed: boolean;
  readonly program: Program;
  readonly sink: TurnSink;
  readonly signal: AbortSignal;
};

export function queryOptions(request: QueryRequest): QueryOptions {
  const { thread, turn, isResumed, program, sink, signal } = request;
  const { cwd } = thread;
  const isPlan = turn.mode === 'plan';
  const { config, project } = placesOf(thread);
  const plans = join(config, 'plans');
  const gate = new Gate({ sink, cwd, signal, planMode: isPlan ? { plans } : null });
  const sessionId = sessionIdOf(thread.threadId);
  const model = turn.model ?? thread.model;
  const { subagents = [] } = thread;
  return {
    cwd,
    env: environmentOf(thread, process.env),
    pathToClaudeCodeExecutable: thread.connection?.program?.path ?? '',
    spawnClaudeCodeProcess: program.spawn,
    ...(isResumed ? { resume: sessionId } : { sessionId }),
    ...(model === undefined ? {} : { model }),
    ...parametersOf({ ...thread.modelParameters, ...turn.modelParameters }),
    tools: isPlan ? [...TOOLS, 'ExitPlanMode'] : TOOLS,
    // What belongs to the project: its CLAUDE.md and its rules, and nothing of the person's own. Settings in the working
    // folder could run commands before anyone is asked, or send the key elsewhere, and the agent itself could write them.
    settingSources: ['project'],
    projectConfigRoot: project,
    systemPrompt: { type: 'preset', preset: 'claude_code' },
    permissionMode: isPlan ? 'plan' : 'default',
    mcpServers: thread.mcpServers ?? {},
    // On the command line, everybody on this machine could read the keys of servers.
    mcpServersDelivery: 'initialize',
    strictMcpConfig: true,
    ...(subagents.length === 0
      ? {}
      : { agents: Object.fromEntries(subagents.map(subagentOption)) }),
    ...(turn.outputSchema === undefined
      ? {}
      : { outputFormat: { type: 'json_schema', schema: turn.outputSchema } as const }),
    includePartialMessages: true,
    forwardSubagentText: true,
    // Else it would be a command of the program.
    ...(turn.prompt.trimStart().startsWith('/') ? { verbatimPrompts: true } : {}),
    // Without one, the program asks the model for it.
    title: thread.name ?? 'Cerevisor',
    hooks: gate.hooks,
    canUseTool: gate.canUseTool,
  };
}

/** What Claude Code has for a model's parameters; others are an error that nobody would see. */
function parametersOf(parameters: Readonly<Record<string, string>>) {
  const { effort, maxThinkingTokens, ...others } = parameters;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = `Claude Code has no model parameter "${unknown}". It has: effort, maxThinkingTokens.`;
    throw new HarnessError(ownFailure('invalid_request', message));
  }
  const tokens = Number(maxThinkingTokens);
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(maxThinkingTokens !== undefined && Number.isFinite(tokens)
      ? { maxThinkingTokens: tokens }
      : {}),
  };
}

function subagentOption(subagent: NonNullable<HostThread['subagents']>[number]) {
  const { name, description, prompt, model } = subagent;
  return [name, { description, prompt, ...(model === undefined ? {} : { model }) }] as const;
}

export function contentOf({ prompt, images = [] }: HostTurn): readonly ContentBlock[] {
  return [...images.map(imageBlock), { type: 'text', text: prompt }];
}

function imageBlock({ data, mimeType }: NonNullable<HostTurn['images']>[number]): ContentBlock {
  if (data !== undefined && mimeType !== undefined) {
    return { type: 'image', source: { type: 'base64', media_type: mimeType, data } };
  }
  const message =
    'An image was given by its URL. A local agent accepts images only as data with a MIME type.';
  throw new HarnessError(ownFailure('invalid_request', message));
}
