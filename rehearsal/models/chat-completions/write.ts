import { randomUUID } from 'node:crypto';
import { splitWords } from '../../agent/run-stream-writer.ts';
import type { Conversation } from '../conversation.ts';
import type { DataFrame, Frame } from '../dialect.ts';
import type { ModelReply, ModelUsage, Part } from '../parts.ts';

const idOf = (prefix: string): string =>
  `${prefix}${randomUUID().replaceAll('-', '').slice(0, 24)}`;
const pieceSize = 4_096;

type Head = { readonly id: string; readonly created: number; readonly model: string };
const headOf = ({ model }: Conversation): Head => ({
  id: idOf('chatcmpl-'),
  created: Math.floor(Date.now() / 1_000),
  model,
});

export function* frames(reply: ModelReply, conversation: Conversation): Iterable<Frame> {
  const head = headOf(conversation);
  yield* contentFrames(reply, head);
  yield chunk(head, {}, reply.parts.some(({ kind }) => kind === 'call') ? 'tool_calls' : 'stop');
  if (conversation.includesUsage !== false) {
    const data = {
      ...head,
      object: 'chat.completion.chunk',
      choices: [],
      usage: usageOf(reply.usage),
    };
    yield { kind: 'data', data: JSON.stringify(data) };
  }
  yield { kind: 'data', data: '[DONE]' };
}

export const framesBeforeEnd = (reply: ModelReply, conversation: Conversation): Iterable<Frame> =>
  contentFrames(reply, headOf(conversation));

function* contentFrames({ parts }: ModelReply, head: Head): Iterable<Frame> {
  yield chunk(head, { role: 'assistant', content: '' });
  let calls = 0;
  for (const part of parts) {
    if (part.kind === 'wait') yield part;
    else if (part.kind === 'call') yield* callFrames(head, part, calls++);
    else yield* textFrames(head, part);
  }
}

function* textFrames(
  head: Head,
  part: Extract<Part, { kind: 'text' | 'thinking' | 'chatter' }>,
): Iterable<Frame> {
  switch (part.kind) {
    case 'thinking':
      for (const word of splitWords(part.text)) yield pacedChunk(head, { reasoning_content: word });
      break;
    case 'text':
      for (const word of splitWords(part.text)) yield pacedChunk(head, { content: word });
      break;
    case 'chatter':
      for (let sent = 0; sent < part.count; sent += 1)
        yield chunk(head, { content: `word${sent} ` });
      break;
    default:
      part satisfies never;
  }
}

/** The name first, then the arguments piece by piece. */
function* callFrames(
  head: Head,
  { call }: Extract<Part, { kind: 'call' }>,
  index: number,
): Iterable<Frame> {
  const startedCall = { index, id: idOf('call_'), type: 'function' };
  yield chunk(head, {
    tool_calls: [{ ...startedCall, function: { name: call.name, arguments: '' } }],
  });
  const text = JSON.stringify(call.input);
  for (const piece of text.match(new RegExp(`.{1,${pieceSize}}`, 'gs')) ?? [])
    yield pacedChunk(head, { tool_calls: [{ index, function: { arguments: piece } }] });
}

const chunk = (head: Head, delta: object, finishReason: string | null = null): DataFrame => ({
  kind: 'data',
  data: JSON.stringify({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  }),
});

const pacedChunk = (head: Head, delta: object): DataFrame => ({
  ...chunk(head, delta),
  isDelta: true,
});

/** The API's token counts include cached tokens and reasoning. */
const usageOf = (usage: ModelUsage) => {
  const prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.outputTokens,
    total_tokens: prompt + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cacheReadTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
};

/** The response to a request without streaming. */
export function completeResponse(reply: ModelReply, conversation: Conversation): unknown {
  const calls = reply.parts.flatMap((part) => (part.kind === 'call' ? [part.call] : []));
  const content = reply.parts.map(textOf).join('');
  const thoughts = reply.parts.map((part) => (part.kind === 'thinking' ? part.text : '')).join('');
  return {
    ...headOf(conversation),
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' ? null : content,
          ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
          ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ name, input }) => ({
                  id: idOf('call_'),
                  type: 'function',
                  function: { name, arguments: JSON.stringify(input) },
                })),
              }),
        },
        finish_reason: calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: usageOf(reply.usage),
  };
}

function textOf(part: Part): string {
  if (part.kind === 'text') return part.text;
  return part.kind === 'chatter' ? 'word '.repeat(part.count) : '';
}
