import type { AssistantModelMessage, ModelMessage, ToolModelMessage } from 'ai';
import type { Outcome } from './record.ts';

type ResultPart = Extract<ToolModelMessage['content'][number], { type: 'tool-result' }>;
export type CallPart = {
  readonly type: 'tool-call';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
};

/** The tool calls in a message of the model. */
export function callsIn(message: ModelMessage): readonly CallPart[] {
  if (message.role !== 'assistant' || typeof message.content === 'string') return [];
  return message.content.filter((part) => part.type === 'tool-call');
}

/** The outcomes of calls in one message, which must directly follow the message with the calls. */
export const toolMessage = (
  results: readonly { readonly callId: string; readonly name: string; readonly outcome: Outcome }[],
): ToolModelMessage => ({
  role: 'tool',
  content: results.map(({ callId, name, outcome }) => ({
    type: 'tool-result',
    toolCallId: callId,
    toolName: name,
    output: outputOf(outcome),
  })),
});

function outputOf({ kind, text, images = [] }: Outcome): ResultPart['output'] {
  // Not every provider distinguishes errors from results.
  if (kind !== 'done')
    return { type: 'error-text', value: kind === 'failed' ? `Error: ${text}` : text };
  if (images.length === 0) return { type: 'text', value: text };
  return {
    type: 'content',
    value: [
      { type: 'text', text },
      ...images.map(({ data, mediaType }) => ({
        type: 'file' as const,
        mediaType,
        data: { type: 'data' as const, data },
      })),
    ],
  };
}

/** The text of an answer, without thinking and calls. */
export function textIn({ content }: AssistantModelMessage): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
