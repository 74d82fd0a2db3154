import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';
import { callTool } from './call-tool.ts';

const maxDescriptionCharacters = 60;

/** Gives work to a subagent: the client opens a stream of its own for it, whose prompt scripts it like any other. */
export async function subagentStep(
  stage: TurnContext,
  name: string,
  prompt: string,
): Promise<void> {
  const description = (prompt.split('\n')[0] ?? '').slice(0, maxDescriptionCharacters);
  const subagentType = { type: { case: 'custom' as const, value: { name } } };
  const args = { description, prompt, subagentType };
  const startedCall: Tool = { case: 'taskToolCall', value: { args } };
  await callTool(stage, { tool: 'task', key: prompt }, startedCall, async (toolCallId) => {
    const startedAtMs = performance.now();
    const { answers, thrown } = await stage.client.request({
      case: 'subagentArgs',
      // Observed: without a model the client refuses.
      value: { toolCallId, subagentType: name, modelId: stage.modelId, prompt },
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
