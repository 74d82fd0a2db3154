import type { TurnContext } from '../turn/turn-context.ts';
import { callTool } from './call-tool.ts';

const pending = 1;

/** Shows a to-do list. */
export async function todoStep(context: TurnContext, items: readonly string[]): Promise<void> {
  const todos = items.map((content, index) => ({
    id: String(index + 1),
    content,
    status: pending,
  }));
  const args = { todos, merge: false };
  const value = { todos, totalCount: todos.length };
  await callTool(
    context,
    { tool: 'updatetodos', key: items.join('; ') },
    { case: 'updateTodosToolCall', value: { args } },
    async () => ({
      case: 'updateTodosToolCall',
      value: { args, result: { result: { case: 'success', value } } },
    }),
  );
}
