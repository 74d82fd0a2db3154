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

const read = (...given: readonly object[]) => {
  for (const one of given) {
    const message = parseMessage(one);
    if (message !== null && message.type !== 'result') void messages.read(message);
  }
};
const event = (data: object, parent: string | null = null) => ({
  type: 'stream_event',
  parent_tool_use_id: parent,
  event: data,
});
const begins = (id: string) =>
  event({ type: 'message_start', message: { id, usage: { input_tokens: 10, output_tokens: 1 } } });
const says = (text: string) =>
  event({ type: 'content_block_delta', delta: { type: 'text_delta', text } });
const thinks = (thinking: string) =>
  event({ type: 'content_block_delta', delta: { type: 'thinking_delta', thinking } });
const ends = event({
  type: 'message_delta',
  delta: { stop_reason: 'end_turn' },
  usage: { output_tokens: 5 },
});
const stops = event({ type: 'message_stop' });
const assistant = (id: string, content: object, more: object = {}) => ({
  type: 'assistant',
  parent_tool_use_id: null,
  message: { id, content: [content] },
  ...more,
});
const text = (value: string) => ({ type: 'text', text: value });
const bash = { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } };
const answer = (id: string, content: string, more: object = {}) => ({
  type: 'user',
  parent_tool_use_id: null,
  message: { content: [{ type: 'tool_result', tool_use_id: id, content, ...more }] },
});

const shown = () =>
  raw.flatMap(({ kind, dataText }) => {
    const { text: said, name, status, itemIds, callId } = JSON.parse(dataText);
    if (kind === 'usage') return [];
    return [
      [kind, said ?? itemIds?.join() ?? [callId, name, status].filter(Boolean).join(' ')].join(' '),
    ];
  });

it('tells pieces as they come, and not again when the message is whole', () => {
  read(begins('m1'), thinks('deep'), says('one'), says(' two'));
  read(
    assistant('m1', { type: 'thinking', thinking: 'deep' }),
    assistant('m1', text('one two')),
    ends,
    stops,
  );
  expect(shown()).toEqual(['thinking deep', 'text one', 'text  two']);
  expect(messages.tokens.total).toMatchObject({ inputTokens: 10, outputTokens: 5 });
});

it('tells a message that was not streamed', () => {
  read(assistant('m1', text('whole')), assistant('m1', bash));
  expect(shown()).toEqual(['text whole', 'tool-call t1 Bash running']);
});

it('retracts the pieces of a message that was cut, when another one takes its place', () => {
  read(begins('m1'), says('one'), stops, assistant('m2', text('one two')));
  expect(shown()).toEqual(['text one', 'retracted item-1', 'boundary ', 'text one two']);
});

it('retracts them when the request is repeated, and says why', () => {
  const retry = { attempt: 1, max_retries: 4, retry_delay_ms: 600, error_status: null };
  read(begins('m1'), says('one'), {
    type: 'system',
    subtype: 'api_retry',
    ...retry,
    error: 'unknown',
  });
  read(begins('m2'), says('one two'), ends, stops);
  expect(shown()).toEqual([
    'text one',
    'retracted item-1',
    'notice The connection to the model was lost. The request is repeated at once (1 of 4).',
    'boundary ',
    'text one two',
  ]);
});

it('retracts messages that another model takes over', () => {
  read(begins('m1'), says('bad'), assistant('m1', text('bad'), { uuid: 'u1' }), ends, stops);
  read(assistant('m2', text('good'), { uuid: 'u2', supersedes: ['u1'] }));
  expect(shown()).toEqual(['text bad', 'retracted item-1', 'boundary ', 'text good']);
});

it('keeps two messages apart', () => {
  read(begins('m1'), says('one'), ends, stops, begins('m2'), says('two'), ends, stops);
  expect(shown()).toEqual(['text one', 'boundary ', 'text two']);
});

it('tells a call and its result, and that of a call that failed', () => {
  read(assistant('m1', bash), answer('t1', 'a.txt'));
  expect(shown()).toEqual(['tool-call t1 Bash running', 'tool-call t1 Bash completed']);
  read(assistant('m2', { ...bash, id: 't2' }));
  read(answer('t2', '<tool_use_error>No such tool</tool_use_error>', { is_error: true }));
  const last = JSON.parse(raw.at(-1)?.dataText ?? '{}');
  expect(last).toMatchObject({ status: 'error', result: { error: 'No such tool' } });
});

it("tells a subagent's calls below its task, and its words as the output of the task", () => {
  const task = { type: 'tool_use', id: 'task', name: 'Agent', input: {} };
  read(assistant('m1', task));
  read(assistant('s1', bash, { parent_tool_use_id: 'task' }), answer('t1', 'x'));
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

it('makes nothing of the words in which the program tells a failure', () => {
  read(assistant('m1', text('API Error: 529'), { error: 'overloaded' }));
  expect(shown()).toEqual([]);
  expect(messages.refusal).toEqual({ word: 'overloaded', text: 'API Error: 529' });
});
