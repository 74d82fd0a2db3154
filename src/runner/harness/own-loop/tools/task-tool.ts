import { z } from 'zod';
import { defineTool } from './define-tool.ts';
import { done, failed, type Tool, type ToolContext, ToolError } from './tool.ts';

export type TaskAgent = { readonly name: string; readonly description: string };

export type TaskEnd =
  | { readonly kind: 'finished'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string };

/** Runs a subagent on a task and resolves with its answer. */
export type RunTask = (agent: string, prompt: string, context: ToolContext) => Promise<TaskEnd>;

export const GENERAL_AGENT: TaskAgent = {
  name: 'general',
  description: 'does any task, with the same tools as you',
};

/** `isReadOnly`: in plan mode subagents are read-only too, so several may run in parallel. */
export const taskTool = (
  agents: readonly TaskAgent[],
  isReadOnly: boolean,
  runTask: RunTask,
): Tool =>
  defineTool({
    name: 'task',
    description: [
      'Gives a task to a subagent, which works on it in a separate conversation and returns its last message. It does not know your conversation, so tell it everything that it needs. The subagents:',
      ...agents.map(({ name, description }) => `- ${name}: ${description}`),
    ].join('\n'),
    category: 'other',
    isReadOnly,
    input: z.object({
      agent: z.string().min(1).optional().describe('Name of the subagent; default: general'),
      description: z.string().optional().describe('The task in a few words, for the user'),
      prompt: z.string().min(1).describe('The task'),
    }),
    permissionDetails: ({ description }) =>
      description === undefined ? {} : { reason: description },
    run: async ({ agent = GENERAL_AGENT.name, prompt }, context) => {
      const known = agents.find(({ name }) => name.toLowerCase() === agent.toLowerCase());
      if (known === undefined) {
        const names = agents.map(({ name }) => name).join(', ');
        throw new ToolError(`There is no subagent ${agent}. The subagents are: ${names}.`);
      }
      const end = await runTask(known.name, prompt, context);
      if (end.kind === 'failed') return failed(`The subagent failed: ${end.message}`);
      return done(end.text, { agent: known.name, message: end.text });
    },
  });
