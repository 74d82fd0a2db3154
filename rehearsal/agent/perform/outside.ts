import type { ToolOutcome } from '../../stream/tool-calls.ts';
import type { Performance } from '../performance.ts';
import type { Step } from '../steps.ts';

type Outside = Extract<Step, { kind: 'mcp' | 'subagent' | 'ask' | 'todo' }>;

/** Tools that need someone else: in the cloud nobody is there, so the calls are shown with that as their result. */
export async function outsideStep({ narrator }: Performance, step: Outside): Promise<void> {
  switch (step.kind) {
    case 'mcp': {
      const { server, tool, args } = step;
      await narrator.untypedTool('mcp', { server, tool, args }, missing(`MCP server ${server}`));
      return;
    }
    case 'subagent': {
      const { name, prompt } = step;
      await narrator.untypedTool('task', { subagent: name, prompt }, missing(`subagent ${name}`));
      return;
    }
    case 'ask':
      await narrator.untypedTool('ask_question', { question: step.question }, async () => ({
        ok: false,
        error: 'Nobody is available to answer.',
      }));
      return;
    case 'todo':
      await narrator.untypedTool('todo_write', { todos: step.items }, async () => ({
        ok: true,
        value: {},
      }));
      return;
    default:
      step satisfies never;
  }
}

const missing = (what: string) => async (): Promise<ToolOutcome> => ({
  ok: false,
  error: `The rehearsal cloud does not run any ${what}.`,
});
