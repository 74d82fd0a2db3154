import { randomUUID } from 'node:crypto';
import { splitWords } from '../../agent/run-stream-writer.ts';
import type { Conversation } from '../conversation.ts';
import type { DataFrame, Frame } from '../dialect.ts';
import type { ModelReply, Part } from '../parts.ts';

const frame = (type: string, data: object): DataFrame => ({
  kind: 'data',
  event: type,
  data: JSON.stringify({ type, ...data }),
});

export const pingFrame = frame('ping', {});

const idOf = (prefix: string): string =>
  `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 24)}`;

export function* frames(reply: ModelReply, conversation: Conversation): Iterable<Frame> {
  yield* framesBeforeEnd(reply, conversation);
  yield frame('message_delta', {
    delta: { stop_reason: stopReason(reply), stop_sequence: null },
    usage: { output_tokens: reply.usage.outputTokens },
  });
  yield frame('message_stop', {});
}

export function* framesBeforeEnd(
  { parts, usage }: ModelReply,
  { model }: Conversation,
): Iterable<Frame> {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  const message = {
    ...messageHead(model),
    content: [],
    stop_reason: null,
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: cacheWriteTokens,
      cache_read_input_tokens: cacheReadTokens,
      output_tokens: 1,
    },
  };
  yield frame('message_start', { message });
  let index = 0;
  for (const part of parts) {
    if (part.kind === 'wait') yield part;
    else yield* block(part, index++);
  }
}

const messageHead = (model: string) => ({
  id: idOf('msg'),
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
});

function* block(part: Exclude<Part, { kind: 'wait' }>, index: number): Iterable<Frame> {
  const shorten = (contentBlock: object) =>
    frame('content_block_start', { index, content_block: contentBlock });
  const unpaced = (content: object) => frame('content_block_delta', { index, delta: content });
  const delta = (content: object): Frame => ({ ...unpaced(content), isDelta: true });
  switch (part.kind) {
    case 'thinking':
      yield shorten({ type: 'thinking', thinking: '', signature: '' });
      for (const thinking of splitWords(part.text))
        yield delta({ type: 'thinking_delta', thinking });
      yield unpaced({ type: 'signature_delta', signature });
      break;
    case 'text':
      yield shorten({ type: 'text', text: '' });
      for (const text of splitWords(part.text)) yield delta({ type: 'text_delta', text });
      break;
    case 'chatter':
      yield shorten({ type: 'text', text: '' });
      for (let sent = 0; sent < part.count; sent += 1) {
        yield unpaced({ type: 'text_delta', text: `word${sent} ` });
      }
      break;
    case 'call':
      yield shorten({ type: 'tool_use', id: idOf('toolu'), name: part.call.name, input: {} });
      for (const piece of piecesOf(JSON.stringify(part.call.input))) {
        yield delta({ type: 'input_json_delta', partial_json: piece });
      }
      break;
    default:
      part satisfies never;
  }
  yield frame('content_block_stop', { index });
}

const signature = Buffer.from('rehearsal').toString('base64');
const pieceSize = 4_096;

function piecesOf(text: string): readonly string[] {
  return text.match(new RegExp(`.{1,${pieceSize}}`, 'gs')) ?? [];
}

const stopReason = ({ parts }: ModelReply): string =>
  parts.some(({ kind }) => kind === 'call') ? 'tool_use' : 'end_turn';

/** The response to a request without streaming. */
export function completeResponse(reply: ModelReply, { model }: Conversation): unknown {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = reply.usage;
  return {
    ...messageHead(model),
    content: reply.parts.flatMap(wholeBlock),
    stop_reason: stopReason(reply),
    usage: {
      input_tokens: inputTokens,
      cache_creation_input_tokens: cacheWriteTokens,
      cache_read_input_tokens: cacheReadTokens,
      output_tokens: outputTokens,
    },
  };
}

function wholeBlock(part: Part): readonly object[] {
  switch (part.kind) {
    case 'thinking':
      return [{ type: 'thinking', thinking: part.text, signature }];
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'chatter':
      return [{ type: 'text', text: 'word '.repeat(part.count) }];
    case 'call':
      return [
        { type: 'tool_use', id: idOf('toolu'), name: part.call.name, input: part.call.input },
      ];
    case 'wait':
      return [];
    default:
      return part satisfies never;
  }
}
