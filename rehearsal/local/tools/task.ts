import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';
import { callTool } from './call-tool.ts';

const maxDescriptionCharacters = 60;

/** Starts a subagent: the client opens a stream for it, whose prompt can script it. */
export async function subagentStep(
  context: TurnContext,
  name: string,
  prompt: string,
): Promise<void> {
  const description = (prompt.split('\n')[0] ?? '').slice(0, maxDescriptionCharacters);
  const subagentType = { type: { case: 'custom' as const, value: { name } } };
  const args = { description, prompt, subagentType };
  const startedCall: Tool = { case: 'taskToolCall', value: { args } };
  await callTool(context, { tool: 'task', key: prompt }, startedCall, async (toolCallId) => {
    const startedAtMs = performance.now();
    const { answers, thrown } = await context.client.request({
      case: 'subagentArgs',
      // Observed: the client rejects a request without a model.
      value: { toolCallId, subagentType: name, modelId: context.modelId, prompt },
    });
    const result = answers.find((answer) => answer.case === 'subagentResult')?.value.result;
    if (result?.case !== 'success') {
      const error =
        result?.case === 'error' ? result.value.error : (thrown ?? 'There was no answer');
      return taskCall(args, { case: 'error', value: { error } });
    }
    const { agentId, finalMessage = '' } = result.value;
    return taskCall(args, {
      case: 'success',
      value: {
        agentId,
        conversationSteps: [{ assistantMessage: { text: finalMessage } }],
        durationMs: Math.round(performance.now() - startedAtMs),
      },
    });
  });
}

type Task = Extract<Tool, { case: 'taskToolCall' }>['value'];

const taskCall = (
  args: NonNullable<Task['args']>,
  result: NonNullable<NonNullable<Task['result']>['result']>,
): Tool => ({ case: 'taskToolCall', value: { args, result: { result } } });
