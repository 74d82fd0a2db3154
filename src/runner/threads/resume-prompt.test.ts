import { expect, test } from 'vitest';
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

const begin = (turnId: string, prompt: string, purpose?: string): LogRecord[] => [
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

test('says what was asked, what is done, what is unknown and what was written', async () => {
  const prompt = await promptAfter(
    't',
    ...begin('t', 'Build the shop.'),
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

test('a turn that resumed another counts with it: one task, and everything that was done', async () => {
  const prompt = await promptAfter(
    'b',
    ...begin('a', 'The real task.'),
    call('a', 'one', 'completed'),
    interrupted('a'),
    ...begin('b', 'Your previous turn was interrupted: …', 'resume'),
    call('b', 'two', 'completed'),
    interrupted('b'),
  );
  expect(prompt).toContain('The real task.');
  expect(prompt).toContain('- [done] shell {"command":"one"}\n- [done] shell {"command":"two"}');
  expect(prompt?.match(/previous turn was interrupted/g)).toHaveLength(1);
});

test('a message of a person begins a task of its own', async () => {
  const prompt = await promptAfter(
    'b',
    ...begin('a', 'The first task.'),
    call('a', 'one', 'completed'),
    ...begin('b', 'And now this.', 'message'),
    interrupted('b'),
  );
  expect(prompt).toContain('And now this.');
  expect(prompt).not.toContain('"one"');
});

test('leaves out what was taken back, and what prepared the folder', async () => {
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

test('cuts long arguments and text, and fences whatever is in the task', async () => {
  const prompt = await promptAfter(
    't',
    ...begin('t', 'Write:\n``````\ncode\n``````'),
    call('t', 'long', 'completed', { text: 'x'.repeat(5_000) }),
    item('t', 'text', { text: `${'a'.repeat(9_000)}the end` }),
    interrupted('t'),
  );
  expect(prompt).toContain('```````text\nWrite:');
  const lines = prompt?.split('\n') ?? [];
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(4_000);
  expect(prompt).toContain('the end\n`````');
});

test('is nothing for a turn that nobody knows', async () => {
  expect(await promptAfter('x', ...begin('t', 'Do it.'))).toBeNull();
});
