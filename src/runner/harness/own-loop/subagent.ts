import type { HostThread } from '../harness.ts';
import { AgentLoop, type AgentSetting } from './loop/agent-loop.ts';
import { contextTokensOf } from './loop/context-size.ts';
import { requestSettings } from './model/request-settings.ts';
import type { ToolContext } from './tools/own-tool.ts';
import { GENERAL_AGENT, type TaskAgent, type TaskEnd } from './tools/task-tool.ts';

type Subagents = NonNullable<HostThread['subagents']>;

/** Those that the workflow names, and one for everything else. */
export const taskAgents = (subagents: Subagents): readonly TaskAgent[] =>
  subagents.some(({ name }) => name === GENERAL_AGENT.name)
    ? subagents
    : [...subagents, GENERAL_AGENT];

export type Roles = {
  readonly subagents: Subagents;
  readonly instructions: (role: string | undefined) => string;
};

/** Works on a task with a conversation of its own, the tools of the agent that gave it, and the same permissions. */
export async function runSubagent(
  parent: AgentSetting,
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
  const conversation = parent.conversation.ofTask(context.callId);
  conversation.addPrompt(context.turnId, { role: 'user', content: prompt });
  const end = await new AgentLoop({
    ...parent,
    model,
    settings,
    contextTokens: isOwnModel
      ? await contextTokensOf(parent.service, model, settings.contextTokens)
      : parent.contextTokens,
    instructions: instructions(chosen?.prompt),
    // It gives no tasks itself.
    tools: parent.tools,
    outputSchema: undefined,
    conversation,
    voice: parent.voice.ofTask(context.callId),
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
