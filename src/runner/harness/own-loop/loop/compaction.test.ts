import { expect, it } from 'vitest';
import { parseInterruption } from '../../../../../rehearsal/agent/interruption.ts';
import type { Entry } from '../store/conversation.ts';
import { divide, summaryMessage, summaryRequest } from './compaction.ts';

const prompt = (content: string): Entry => ({
  message: { role: 'user', content },
  outcomes: new Map(),
});
const step = (id: string, command: string, text: string): Entry => ({
  message: {
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId: id, toolName: 'shell', input: { command } }],
  },
  outcomes: new Map([[id, { kind: 'done', text }]]),
});
const long = 'x'.repeat(3_000);
const entries = [
  prompt('Build it.'),
  step('1', 'ls', long),
  step('2', 'make', long),
  step('3', 'test', 'ok'),
];
const CONTEXT = 2_000;

const divided = (all: readonly Entry[]) => {
  const part = divide(all, CONTEXT);
  if (part === null) throw new Error('Nothing to summarize');
  return part;
};

it('keeps the newest steps as they are, and the task word by word', () => {
  const part = divided(entries);
  expect(part).toMatchObject({ kept: 1, task: 'Build it.' });
  const text = String(summaryMessage(part, 'We made it.', CONTEXT).content);
  expect(text).toContain('Build it.');
  expect(text).toContain('We made it.');
  expect(text).toContain('- [done] shell {"command":"make"}');
  expect(text).not.toContain('"test"');
});

it('lists every call also after a second summary', () => {
  const first = summaryMessage(divided(entries), 'First.', CONTEXT);
  const again = divided([
    prompt(String(first.content)),
    step('4', 'pack', long),
    step('5', 'ship', 'ok'),
  ]);
  const text = String(summaryMessage(again, 'Second.', CONTEXT).content);
  expect(again.task).toBe('Build it.');
  for (const command of ['ls', 'make', 'pack']) expect(text).toContain(`{"command":"${command}"}`);
  // A model that follows it, such as the rehearsal cloud, finds the task and the calls in it.
  expect(parseInterruption(text)).toMatchObject({ task: 'Build it.', done: { length: 3 } });
});

it('leaves the oldest calls out of a list that would be too long, and says how many', () => {
  const many = [
    prompt('Go.'),
    ...Array.from({ length: 200 }, (_, at) => step(`${at}`, `echo ${at}`, long)),
  ];
  const text = String(summaryMessage(divided(many), 'S.', CONTEXT).content);
  expect(text).toMatch(/\(\d+ earlier calls are left out; all of them are done\.\)/);
  expect(text.length).toBeLessThan(CONTEXT * 3);
});

it('shows the model no more than it can take', () => {
  const huge = [
    prompt('Go.'),
    ...Array.from({ length: 50 }, (_, at) => step(`${at}`, 'cat', long)),
  ];
  expect(summaryRequest(divided(huge), CONTEXT).length).toBeLessThan(CONTEXT * 3);
});

it('has nothing to do where there is only a prompt', () => {
  expect(divide([prompt(long)], 10)).toBeNull();
});
