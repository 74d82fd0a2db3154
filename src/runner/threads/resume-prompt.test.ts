import { expect, test } from 'vitest';
import {
  answerRecord,
  requestRecord,
  withdrawalRecord,
} from '../../../testing/local/request-records.ts';
import type { LogRecord, StoredRecord } from '../log/record.ts';
import { resumePrompt } from './resume-prompt.ts';
import { emptyThread, evolve } from './thread-state.ts';

const stored = (...records: readonly LogRecord[]): StoredRecord[] =>
  records.map((record, index) => ({ seq: index + 1, record }));

async function promptAfter(turnId: string, ...records: readonly LogRecord[]) {
  const all = stored(...records);
  async function* read() {
    yield* all;
  }
  return resumePrompt(all.reduce(evolve, emptyThread), turnId, read());
}

const turnStart = (turnId: string, prompt: string, purpose?: string): LogRecord[] => [
  {
    type: 'turn',
    at: 1,
    turnId,
    requestHash: 'h',
    prompt,
    ...(purpose === undefined ? {} : { purpose }),
  },
  { type: 'sent', at: 2, turnId },
];
const item = (
  turnId: string,
  kind: 'text' | 'tool-call' | 'retracted' | 'boundary',
  data: object,
  id?: string,
): LogRecord => ({
  type: 'item',
  turnId,
  item: { kind, dataText: JSON.stringify(data), ...(id === undefined ? {} : { id }) },
});
const call = (turnId: string, callId: string, status: string, args: object = { command: callId }) =>
  item(turnId, 'tool-call', { callId, name: 'shell', status, args });
const interrupted = (turnId: string): LogRecord => ({
  type: 'ended',
  at: 9,
  turnId,
  ended: {
    status: 'INTERRUPTED',
    branches: [],
    failure: { code: 'runner_died', message: 'The runner ended.' },
  },
});

test('contains the task, completed and unknown calls, and the text so far', async () => {
  const prompt = await promptAfter(
    't',
    ...turnStart('t', 'Build the shop.'),
    item('t', 'text', { text: 'I begin' }),
    item('t', 'text', { text: ' now.' }),
    call('t', 'npm test', 'running'),
    call('t', 'npm test', 'completed'),
    call('t', 'npm publish', 'running'),
    interrupted('t'),
  );
  expect(prompt).toBe(
    [
      'Your previous turn was interrupted: The runner ended.',
      'The task was:',
      '`````text',
      'Build the shop.',
      '`````',
      'Recorded before the interruption:',
      '- [done] shell {"command":"npm test"}',
      '- [unknown] shell {"command":"npm publish"}   (its result was not recorded: check whether it took effect before you repeat it)',
      'Text that you had written so far:',
      '`````text',
      'I begin now.',
      '`````',
      'Continue with what is missing. Do not repeat what is marked [done].',
    ].join('\n'),
  );
});

test('tells calls that were not permitted from those that may have taken effect', async () => {
  const prompt = await promptAfter(
    't',
    ...turnStart('t', 'Publish.'),
    ...['allowed', 'denied', 'replaced', 'waiting'].flatMap((id) => [
      call('t', id, 'running'),
      requestRecord('t', id),
    ]),
    answerRecord('t', 'allowed', 'allow'),
    answerRecord('t', 'denied', 'deny'),
    withdrawalRecord('t', 'replaced'),
    // The harness went on, so it may have run the call in another way.
    item('t', 'text', { text: 'Then otherwise.' }),
    withdrawalRecord('t', 'waiting'),
    interrupted('t'),
  );
  const marks = prompt?.match(/\[[a-z ]+\] shell {"command":"\w+"}/g);
  expect(marks).toEqual([
    '[unknown] shell {"command":"allowed"}',
    '[not started] shell {"command":"denied"}',
    '[unknown] shell {"command":"replaced"}',
    '[not started] shell {"command":"waiting"}',
  ]);
  expect(prompt).toContain('{"command":"denied"}   (permission was denied)');
  expect(prompt).toContain('{"command":"waiting"}   (it was waiting for permission)');
});

test('a turn that resumed another one is merged with it: one task and the calls of both', async () => {
  const prompt = await promptAfter(
    'b',
    ...turnStart('a', 'The real task.'),
    call('a', 'one', 'completed'),
    interrupted('a'),
    ...turnStart('b', 'Your previous turn was interrupted: …', 'resume'),
    call('b', 'two', 'completed'),
    interrupted('b'),
  );
  expect(prompt).toContain('The real task.');
  expect(prompt).toContain('- [done] shell {"command":"one"}\n- [done] shell {"command":"two"}');
  expect(prompt?.match(/previous turn was interrupted/g)).toHaveLength(1);
});

test('a message from a user starts a new task', async () => {
  const prompt = await promptAfter(
    'b',
    ...turnStart('a', 'The first task.'),
    call('a', 'one', 'completed'),
    ...turnStart('b', 'And now this.', 'message'),
    interrupted('b'),
  );
  expect(prompt).toContain('And now this.');
  expect(prompt).not.toContain('"one"');
});

test('leaves out retracted text and the setup of the folder', async () => {
  const prompt = await promptAfter(
    't',
    { type: 'turn', at: 1, turnId: 't', requestHash: 'h', prompt: 'Do it.' },
    item('t', 'tool-call', { callId: 's', name: 'setup', status: 'completed' }),
    { type: 'sent', at: 2, turnId: 't' },
    item('t', 'text', { text: 'said twice' }, 'x1'),
    item('t', 'retracted', { itemIds: ['x1'] }),
    item('t', 'text', { text: 'said once' }, 'x2'),
    interrupted('t'),
  );
  expect(prompt).not.toContain('setup');
  expect(prompt).not.toContain('said twice');
  expect(prompt).toContain('said once');
});

test('shortens long arguments and text, and uses a fence longer than any in the task', async () => {
  const prompt = await promptAfter(
    't',
    ...turnStart('t', 'Write:\n``````\ncode\n``````'),
    call('t', 'long', 'completed', { text: 'x'.repeat(5_000) }),
    item('t', 'text', { text: `${'a'.repeat(9_000)}the end` }),
    interrupted('t'),
  );
  expect(prompt).toContain('```````text\nWrite:');
  const lines = prompt?.split('\n') ?? [];
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(4_000);
  expect(prompt).toContain('the end\n`````');
});

test('is null for an unknown turn', async () => {
  expect(await promptAfter('x', ...turnStart('t', 'Do it.'))).toBeNull();
});
