import { join } from 'node:path';
import type { TurnSink } from '../adapter.ts';
import type { HostThread, HostTurn } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { environmentOf, pathsOf } from './environment.ts';
import { failureFor } from './failures.ts';
import { PermissionGate } from './permission-gate.ts';
import type { ContentBlock, QueryOptions } from './sdk.ts';
import { sessionIdOf } from './session-id.ts';
import type { Program } from './spawn.ts';

/**
 * The built-in tools of Claude Code that work without a user: not those that ask the user, schedule work for later, or
 * create worktrees.
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
  /** The session has messages already. */
  readonly isResumed: boolean;
  readonly program: Program;
  readonly sink: TurnSink;
  readonly signal: AbortSignal;
};

export function queryOptions(request: QueryRequest): QueryOptions {
  const { thread, turn, isResumed, program, sink, signal } = request;
  const { cwd } = thread;
  const isPlan = turn.mode === 'plan';
  const { config, project } = pathsOf(thread);
  const plans = join(config, 'plans');
  const gate = new PermissionGate({ sink, cwd, signal, planMode: isPlan ? { plans } : null });
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
    // Only files of the project such as CLAUDE.md and rules, and none of the user. Settings in the working folder could
    // run commands before anyone is asked, or send the key elsewhere, and the agent itself could write them.
    settingSources: ['project'],
    projectConfigRoot: project,
    systemPrompt: { type: 'preset', preset: 'claude_code' },
    permissionMode: isPlan ? 'plan' : 'default',
    mcpServers: thread.mcpServers ?? {},
    // On the command line, other users of this machine could read the keys of servers.
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
    // Otherwise it would be interpreted as a command of the program.
    ...(turn.prompt.trimStart().startsWith('/') ? { verbatimPrompts: true } : {}),
    // Without a title, the program asks the model for one.
    title: thread.name ?? 'Cerevisor',
    hooks: gate.hooks,
    canUseTool: gate.canUseTool,
  };
}

/** The model parameters of Claude Code. Others are rejected, because Claude Code would ignore them silently. */
function parametersOf(parameters: Readonly<Record<string, string>>) {
  const { effort, maxThinkingTokens, ...others } = parameters;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = `Claude Code has no model parameter "${unknown}". It has: effort, maxThinkingTokens.`;
    throw new HarnessError(failureFor('invalid_request', message));
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
  throw new HarnessError(failureFor('invalid_request', message));
}
