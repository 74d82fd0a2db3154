import { beforeEach, expect, it } from 'vitest';
import type { RawItem } from '../../../transcript/item.ts';
import { TurnItems } from '../turn-items.ts';
import { parseMessage } from './message.ts';
import { TurnMessages } from './turn-messages.ts';

let raw: RawItem[] = [];
let messages: TurnMessages;
beforeEach(() => {
  raw = [];
  const send = async (items: readonly RawItem[]) => void raw.push(...items);
  const sink = new TurnItems(send);
  const output = { begin: () => undefined, end: () => undefined };
  messages = new TurnMessages('/work', ['/store'], sink, output);
});

const read = (...sdkMessages: readonly object[]) => {
  for (const sdkMessage of sdkMessages) {
    const message = parseMessage(sdkMessage);
    if (message !== null && message.type !== 'result') void messages.read(message);
  }
};
const event = (data: object, parent: string | null = null) => ({
  type: 'stream_event',
  parent_tool_use_id: parent,
  event: data,
});
const messageStart = (id: string) =>
  event({ type: 'message_start', message: { id, usage: { input_tokens: 10, output_tokens: 1 } } });
const textDelta = (text: string) =>
  event({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
const thinkingDelta = (thinking: string) =>
  event({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking } });
const messageDelta = event({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 5 },
});
const messageStop = event({ type: 'message_stop' });
const assistant = (id: string, content: object, more: object = {}) => ({
  type: 'assistant',
  parent_tool_use_id: null,
  message: { id, content: [content] },
  ...more,
});
const text = (value: string) => ({ type: 'text', text: value });
const bash = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } };
const toolResult = (id: string, content: string, more: object = {}) => ({
  type: 'user',
  parent_tool_use_id: null,
  message: { content: [{ type: 'tool_result', tool_use_id: id, content, ...more }] },
});

const shown = () =>
  raw.flatMap(({ kind, dataText }) => {
    const { text: content, name, status, itemIds, callId } = JSON.parse(dataText);
    if (kind === 'usage') return [];
    return [
      [kind, content ?? itemIds?.join() ?? [callId, name, status].filter(Boolean).join(' ')].join(
        ' ',
      ),
    ];
  });

it('adds pieces as they come, and not again with the complete message', () => {
  read(messageStart('m1'), thinkingDelta('deep'), textDelta('one'), textDelta(' two'));
  read(
    assistant('m1', { type: 'thinking', thinking: 'deep' }),
    assistant('m1', text('one two')),
    messageDelta,
    messageStop,
  );
  expect(shown()).toEqual(['thinking deep', 'text one', 'text  two']);
  expect(messages.tokens.total).toMatchObject({ inputTokens: 10, outputTokens: 5 });
});

it('adds a message that was not streamed', () => {
  read(assistant('m1', text('whole')), assistant('m1', bash));
  expect(shown()).toEqual(['text whole', 'tool-call t1 Bash running']);
});

it('retracts the pieces of an incomplete message when another one follows', () => {
  read(messageStart('m1'), textDelta('one'), messageStop, assistant('m2', text('one two')));
  expect(shown()).toEqual(['text one', 'retracted item-1', 'boundary ', 'text one two']);
});

it('retracts the pieces and adds a notice when the request is retried', () => {
  const retry = { attempt: 1, max_retries: 4, retry_delay_ms: 600, error_status: null };
  read(messageStart('m1'), textDelta('one'), {
    type: 'system',
    subtype: 'api_retry',
    ...retry,
    error: 'unknown',
  });
  read(messageStart('m2'), textDelta('one two'), messageDelta, messageStop);
  expect(shown()).toEqual([
    'text one',
    'retracted item-1',
    'notice The connection to the model was lost. The request is repeated at once (1 of 4).',
    'boundary ',
    'text one two',
  ]);
});

it('retracts messages that are superseded by those of another model', () => {
  read(
    messageStart('m1'),
    textDelta('bad'),
    assistant('m1', text('bad'), { uuid: 'u1' }),
    messageDelta,
    messageStop,
  );
  read(assistant('m2', text('good'), { uuid: 'u2', supersedes: ['u1'] }));
  expect(shown()).toEqual(['text bad', 'retracted item-1', 'boundary ', 'text good']);
});

it('separates two messages with a boundary', () => {
  read(
    messageStart('m1'),
    textDelta('one'),
    messageDelta,
    messageStop,
    messageStart('m2'),
    textDelta('two'),
    messageDelta,
    messageStop,
  );
  expect(shown()).toEqual(['text one', 'boundary ', 'text two']);
});

it('adds a call and its result, including that of a failed call', () => {
  read(assistant('m1', bash), toolResult('t1', 'a.txt'));
  expect(shown()).toEqual(['tool-call t1 Bash running', 'tool-call t1 Bash completed']);
  read(assistant('m2', { ...bash, id: 't2' }));
  read(toolResult('t2', '<tool_use_error>No such tool</tool_use_error>', { is_error: true }));
  const last = JSON.parse(raw.at(-1)?.dataText ?? '{}');
  expect(last).toMatchObject({ status: 'error', result: { error: 'No such tool' } });
});

it("adds a subagent's calls below its task, and its text as the output of the task", () => {
  const task = { type: 'tool_use', id: 'task', name: 'Agent', input: {} };
  read(assistant('m1', task));
  read(assistant('s1', bash, { parent_tool_use_id: 'task' }), toolResult('t1', 'x'));
  read(assistant('s2', text('seen'), { parent_tool_use_id: 'task' }));
  expect(shown()).toEqual([
    'tool-call task Agent running',
    'tool-call task/t1 Bash running',
    'tool-call task/t1 Bash completed',
    'tool-output seen\n',
  ]);
});

it('warns of a path outside the working folder', () => {
  const input = { file_path: '/elsewhere/a.txt' };
  read(assistant('m1', { type: 'tool_use', id: 't1', name: 'Read', input }));
  expect(shown()[1]).toContain('outside the working folder: /elsewhere/a.txt');
  read(
    assistant('m2', { type: 'tool_use', id: 't2', name: 'Read', input: { file_path: '/store/x' } }),
  );
  expect(shown()).toHaveLength(3);
});

it('makes no item of the text of an error', () => {
  read(assistant('m1', text('API Error: 529'), { error: 'overloaded' }));
  expect(shown()).toEqual([]);
  expect(messages.lastError).toEqual({ code: 'overloaded', text: 'API Error: 529' });
});
