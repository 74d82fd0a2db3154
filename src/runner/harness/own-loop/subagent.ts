import type { HostThread } from '../harness.ts';
import { AgentLoop, type AgentLoopOptions } from './loop/agent-loop.ts';
import { contextTokensOf } from './loop/context-size.ts';
import { requestSettings } from './model/request-settings.ts';
import { GENERAL_AGENT, type TaskAgent, type TaskEnd } from './tools/task-tool.ts';
import type { ToolContext } from './tools/tool.ts';

type Subagents = NonNullable<HostThread['subagents']>;

/** The subagents of the workflow, and a general one. */
export const taskAgents = (subagents: Subagents): readonly TaskAgent[] =>
  subagents.some(({ name }) => name === GENERAL_AGENT.name)
    ? subagents
    : [...subagents, GENERAL_AGENT];

export type Roles = {
  readonly subagents: Subagents;
  readonly instructions: (role: string | undefined) => string;
};

/** Runs a subagent on a task, with a separate conversation, and with the tools and permissions of its parent. */
export async function runSubagent(
  parent: AgentLoopOptions,
  { subagents, instructions }: Roles,
  task: { readonly agent: string; readonly prompt: string; readonly context: ToolContext },
): Promise<TaskEnd> {
  const { context, prompt } = task;
  const chosen = subagents.find(({ name }) => name === task.agent);
  const isOwnModel = chosen?.model !== undefined && chosen.model !== 'inherit';
  const model = isOwnModel ? (chosen.model ?? parent.model) : parent.model;
  const settings =
    chosen?.modelParameters === undefined
      ? parent.settings
      : requestSettings(chosen.modelParameters);
  const conversation = parent.conversation.forTask(context.callId);
  conversation.addPrompt(context.turnId, { role: 'user', content: prompt });
  const end = await new AgentLoop({
    ...parent,
    model,
    settings,
    contextTokens: isOwnModel
      ? await contextTokensOf(parent.service, model, settings.contextTokens)
      : parent.contextTokens,
    instructions: instructions(chosen?.prompt),
    // Without the task tool.
    tools: parent.tools,
    outputSchema: undefined,
    conversation,
    output: parent.output.forTask(context.callId),
    signal: context.signal,
  }).run();
  switch (end.kind) {
    case 'finished':
      return { kind: 'finished', text: end.text };
    case 'failed':
      return { kind: 'failed', message: end.failure.message };
    case 'cancelled':
      return { kind: 'failed', message: 'It was cancelled.' };
    default:
      return end satisfies never;
  }
}
