import type { ToolOutcome } from '../../stream/tool-calls.ts';
import type { RunContext } from '../run-context.ts';
import type { Step } from '../steps.ts';

type UnavailableToolStep = Extract<Step, { kind: 'mcp' | 'subagent' | 'ask' | 'todo' }>;

/** Shows calls of tools that the rehearsal cloud cannot run; their results say so. */
export async function unavailableToolStep(
  { writer }: RunContext,
  step: UnavailableToolStep,
): Promise<void> {
  switch (step.kind) {
    case 'mcp': {
      const { server, tool, args } = step;
      await writer.runUntypedTool(
        'mcp',
        { server, tool, args },
        notRunning(`MCP server ${server}`),
      );
      return;
    }
    case 'subagent': {
      const { name, prompt } = step;
      await writer.runUntypedTool(
        'task',
        { subagent: name, prompt },
        notRunning(`subagent ${name}`),
      );
      return;
    }
    case 'ask':
      await writer.runUntypedTool('ask_question', { question: step.question }, async () => ({
        ok: false,
        error: 'Nobody is available to answer.',
      }));
      return;
    case 'todo':
      await writer.runUntypedTool('todo_write', { todos: step.items }, async () => ({
        ok: true,
        value: {},
      }));
      return;
    default:
      step satisfies never;
  }
}

const notRunning = (what: string) => async (): Promise<ToolOutcome> => ({
  ok: false,
  error: `The rehearsal cloud does not run any ${what}.`,
});
