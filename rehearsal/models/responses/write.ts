import { randomUUID } from 'node:crypto';
import { splitWords } from '../../agent/run-stream-writer.ts';
import type { Conversation } from '../conversation.ts';
import type { DataFrame, Frame, ModelError } from '../dialect.ts';
import type { ModelReply, ModelUsage, Part } from '../parts.ts';

const frame = (type: string, data: object): DataFrame => ({
  kind: 'data',
  event: type,
  data: JSON.stringify({ type, ...data }),
});

const deltaFrame = (type: string, data: object): DataFrame => ({
  ...frame(type, data),
  isDelta: true,
});

export const pingFrame = frame('keepalive', {});

const idOf = (prefix: string): string => `${prefix}_${randomUUID().replaceAll('-', '')}`;

export function* frames(reply: ModelReply, conversation: Conversation): Iterable<Frame> {
  yield* framesBeforeEnd(reply, conversation);
  yield frame('response.completed', { response: completeResponse(reply, conversation) });
}

export function* framesBeforeEnd({ parts }: ModelReply, { model }: Conversation): Iterable<Frame> {
  const response = { ...head(model), status: 'in_progress', output: [] };
  yield frame('response.created', { response });
  let index = 0;
  for (const part of parts) {
    if (part.kind === 'wait') yield part;
    else yield* outputItem(part, index++);
  }
}

export const errorFrame = (error: ModelError): Frame =>
  frame('response.failed', {
    response: { object: 'response', status: 'failed', error: errorOf(error) },
  });

export const errorOf = ({ status, code, message }: ModelError) => ({
  message,
  type: typeOf(status, code),
  code: code ?? null,
  param: null,
});

function typeOf(status: number, code: string | undefined): string {
  if (code === 'insufficient_quota') return code;
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status < 500 ? 'invalid_request_error' : 'server_error';
}

const head = (model: string) => ({
  id: idOf('resp'),
  object: 'response',
  created_at: Math.floor(Date.now() / 1_000),
  model,
});

function* outputItem(part: Exclude<Part, { kind: 'wait' }>, index: number): Iterable<Frame> {
  const item = itemOf(part);
  const location = { output_index: index, item_id: item.id };
  yield frame('response.output_item.added', {
    output_index: index,
    item: { ...item, ...emptyOf(part) },
  });
  switch (part.kind) {
    case 'thinking': {
      const summary = { ...location, summary_index: 0 };
      const empty = { type: 'summary_text', text: '' };
      yield frame('response.reasoning_summary_part.added', { ...summary, part: empty });
      for (const delta of splitWords(part.text))
        yield deltaFrame('response.reasoning_summary_text.delta', { ...summary, delta });
      break;
    }
    case 'text':
    case 'chatter': {
      const textFrame = part.kind === 'text' ? deltaFrame : frame;
      for (const delta of piecesOf(part))
        yield textFrame('response.output_text.delta', { ...location, content_index: 0, delta });
      break;
    }
    case 'call':
      break;
    default:
      part satisfies never;
  }
  yield frame('response.output_item.done', { output_index: index, item });
}

function piecesOf(part: Extract<Part, { kind: 'text' | 'chatter' }>): Iterable<string> {
  return part.kind === 'text'
    ? splitWords(part.text)
    : Array.from({ length: part.count }, (_, index) => `word${index} `);
}

type WholeItem = { readonly id: string } & Readonly<Record<string, unknown>>;

const items = new WeakMap<Part, WholeItem>();

/** Returns the same item in the stream and at its end. */
function itemOf(part: Exclude<Part, { kind: 'wait' }>): WholeItem {
  const item = items.get(part) ?? newItem(part);
  items.set(part, item);
  return item;
}

function newItem(part: Exclude<Part, { kind: 'wait' }>): WholeItem {
  switch (part.kind) {
    case 'thinking':
      return {
        id: idOf('rs'),
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: part.text }],
        encrypted_content: Buffer.from('rehearsal').toString('base64'),
      };
    case 'text':
      return messageOf(part.text);
    case 'chatter':
      return messageOf([...piecesOf(part)].join(''));
    case 'call': {
      const { name, namespace, input } = part.call;
      const call = {
        call_id: idOf('call'),
        status: 'completed',
        name,
        ...(namespace === undefined ? {} : { namespace }),
      };
      return typeof input === 'string'
        ? { id: idOf('ctc'), type: 'custom_tool_call', ...call, input }
        : { id: idOf('fc'), type: 'function_call', ...call, arguments: JSON.stringify(input) };
    }
    default:
      return part satisfies never;
  }
}

const messageOf = (text: string): WholeItem => ({
  id: idOf('msg'),
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});

function emptyOf(part: Part): object {
  switch (part.kind) {
    case 'thinking':
      return { summary: [] };
    case 'text':
    case 'chatter':
      return { status: 'in_progress', content: [] };
    default:
      return { status: 'in_progress' };
  }
}

/** The response to a request without streaming, which is also sent at the end of a stream. */
export function completeResponse({ parts, usage }: ModelReply, { model }: Conversation) {
  return {
    ...head(model),
    status: 'completed',
    output: parts.flatMap((part) => (part.kind === 'wait' ? [] : [itemOf(part)])),
    usage: usageOf(usage),
  };
}

/** In this API, the input includes cached tokens. */
function usageOf(usage: ModelUsage) {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage;
  const input = inputTokens + cacheReadTokens + cacheWriteTokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheReadTokens, cache_write_tokens: cacheWriteTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + outputTokens,
  };
}
