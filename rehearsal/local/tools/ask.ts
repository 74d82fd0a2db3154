import { create } from '@bufbuild/protobuf';
import { AskQuestionArgsSchema } from '../proto/tools_pb.ts';
import type { TurnContext } from '../turn/turn-context.ts';
import type { Tool } from '../turn/turn-stream-writer.ts';
import { callTool } from './call-tool.ts';

/** Asks the user a question. The SDK's local mode rejects it at once; the agent reports that and decides itself. */
export async function askStep(context: TurnContext, question: string): Promise<void> {
  const args = create(AskQuestionArgsSchema, {
    title: 'Question',
    questions: [{ id: 'question', prompt: question, options: [] }],
  });
  const startedCall: Tool = { case: 'askQuestionToolCall', value: { args } };
  let answer = '';
  await callTool(context, { tool: 'ask', key: question }, startedCall, async (callId) => {
    const { result } = await context.client.ask(args, callId);
    answer = answerIn(result?.result);
    return {
      case: 'askQuestionToolCall',
      value: { args, ...(result === undefined ? {} : { result }) },
    };
  });
  if (answer !== '') await context.writer.writeText(`I asked: ${question}\n${answer}\n\n`);
}

type AnyResult = NonNullable<
  Extract<Tool, { case: 'askQuestionToolCall' }>['value']['result']
>['result'];

function answerIn(result: AnyResult | undefined): string {
  switch (result?.case) {
    case 'success':
      return `The answer: ${(result.value.answers ?? []).map(({ freeformText }) => freeformText).join(', ')}`;
    case 'rejected':
    case 'error':
      return `Nobody answered (${result.value.error}), so I will decide on my own.`;
    default:
      return 'Nobody answered, so I will decide on my own.';
  }
}
