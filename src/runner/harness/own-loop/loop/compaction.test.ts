import { expect, it } from 'vitest';
import { parseInterruption } from '../../../../../rehearsal/agent/interruption.ts';
import type { Entry } from '../store/conversation.ts';
import { splitForSummary, summaryMessage, summaryRequest } from './compaction.ts';

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

const splitEntries = (all: readonly Entry[]) => {
  const split = splitForSummary(all, CONTEXT);
  if (split === null) throw new Error('Nothing to summarize');
  return split;
};

it('keeps the newest steps and the exact task', () => {
  const split = splitEntries(entries);
  expect(split).toMatchObject({ kept: 1, task: 'Build it.' });
  const text = String(summaryMessage(split, 'We made it.', CONTEXT).content);
  expect(text).toContain('Build it.');
  expect(text).toContain('We made it.');
  expect(text).toContain('- [done] shell {"command":"make"}');
  expect(text).not.toContain('"test"');
});

it('lists every call, even after a second summary', () => {
  const first = summaryMessage(splitEntries(entries), 'First.', CONTEXT);
  const second = splitEntries([
    prompt(String(first.content)),
    step('4', 'pack', long),
    step('5', 'ship', 'ok'),
  ]);
  const text = String(summaryMessage(second, 'Second.', CONTEXT).content);
  expect(second.task).toBe('Build it.');
  for (const command of ['ls', 'make', 'pack']) expect(text).toContain(`{"command":"${command}"}`);
  // The rehearsal cloud parses the task and the calls in it, as a model would.
  expect(parseInterruption(text)).toMatchObject({ task: 'Build it.', done: { length: 3 } });
});

it('omits the oldest calls from a long list, and states how many', () => {
  const many = [
    prompt('Go.'),
    ...Array.from({ length: 200 }, (_, at) => step(`${at}`, `echo ${at}`, long)),
  ];
  const text = String(summaryMessage(splitEntries(many), 'S.', CONTEXT).content);
  expect(text).toMatch(/\(\d+ earlier calls are left out; all of them are done\.\)/);
  expect(text.length).toBeLessThan(CONTEXT * 3);
});

it('limits the text to summarize to the size of the context', () => {
  const huge = [
    prompt('Go.'),
    ...Array.from({ length: 50 }, (_, at) => step(`${at}`, 'cat', long)),
  ];
  expect(summaryRequest(splitEntries(huge), CONTEXT).length).toBeLessThan(CONTEXT * 3);
});

it('is null if there is only a prompt', () => {
  expect(splitForSummary([prompt(long)], 10)).toBeNull();
});
