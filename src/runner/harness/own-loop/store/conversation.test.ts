import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Conversation } from './conversation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conversation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'conversation.ndjson');
const prompt = (content: string) => ({ role: 'user', content }) as const;
const call = (toolCallId: string, command: string) =>
  ({
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId, toolName: 'shell', input: { command } }],
  }) as const;
const reopened = (conversation: Conversation) => {
  conversation.close();
  return Conversation.open(folder);
};
const resultsIn = ({ messages }: Conversation) =>
  messages.flatMap((message) => (message.role === 'tool' ? message.content : []));

it('is the same after it was closed and opened', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'ls').content] });
  first.addOutcome('t1', { callId: 'c1', name: 'shell' }, { kind: 'done', text: 'a.txt' });
  const { messages } = first;
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  const again = reopened(first);
  expect(again.messages).toEqual(messages);
  again.close();
});

it('remembers the model and the mode of its turns', () => {
  const first = Conversation.open(folder);
  const modelParameters = { effort: 'low' };
  first.addPrompt('t1', prompt('one'), { model: 'm', modelParameters, mode: 'plan' });
  first.addPrompt('t2', prompt('two'));
  const again = reopened(first);
  expect(again.choice).toEqual({ model: 'm', modelParameters, mode: 'plan' });
  again.close();
});

it('tells of a call without a result that nobody knows it, once', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'rm x').content] });
  const again = reopened(first);
  expect(resultsIn(again)).toMatchObject([
    {
      toolCallId: 'c1',
      output: { value: expect.stringContaining('may or may not have taken effect') },
    },
  ]);
  const lines = readFileSync(file(), 'utf8');
  reopened(again).close();
  expect(readFileSync(file(), 'utf8')).toBe(lines);
});

it('drops what a crash has left of the last line, and continues behind it', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('one'));
  first.close();
  appendFileSync(file(), '{"type":"prompt","turnId":"t2","mess');
  const again = Conversation.open(folder);
  again.addPrompt('t3', prompt('two'));
  expect(reopened(again).messages).toEqual([prompt('one'), prompt('two')]);
});

it('puts a summary instead of what is old', () => {
  const first = Conversation.open(folder);
  for (const text of ['one', 'two', 'three']) first.addPrompt('t1', prompt(text));
  first.compact('t1', prompt('summary'), 1);
  first.addPrompt('t2', prompt('four'));
  expect(reopened(first).messages).toEqual([prompt('summary'), prompt('three'), prompt('four')]);
});

it('keeps what a subagent said out of the conversation, and tells what it did when its end is not known', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'task').content] });
  const sub = first.ofTask('c1');
  sub.addPrompt('t1', prompt('a part'));
  sub.addAnswer('t1', { role: 'assistant', content: [...call('s1', 'touch a').content] });
  sub.addOutcome('t1', { callId: 's1', name: 'shell' }, { kind: 'done', text: 'ok' });
  sub.addAnswer('t1', { role: 'assistant', content: [...call('s2', 'touch b').content] });
  expect(first.messages).toHaveLength(3);
  const [result] = resultsIn(reopened(first));
  const text = JSON.stringify(result);
  expect(text).toContain('[done] shell');
  expect(text).toContain('[unknown] shell');
});
