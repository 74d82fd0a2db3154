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
const reopen = (conversation: Conversation) => {
  conversation.close();
  return Conversation.open(folder);
};
const toolResults = ({ messages }: Conversation) =>
  messages.flatMap((message) => (message.role === 'tool' ? message.content : []));

it('is the same after it was closed and reopened', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'ls').content] });
  first.addOutcome('t1', { callId: 'c1', name: 'shell' }, { kind: 'done', text: 'a.txt' });
  const { messages } = first;
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  const second = reopen(first);
  expect(second.messages).toEqual(messages);
  second.close();
});

it('remembers the model and the mode of its turns', () => {
  const first = Conversation.open(folder);
  const modelParameters = { effort: 'low' };
  first.addPrompt('t1', prompt('one'), { model: 'm', modelParameters, mode: 'plan' });
  first.addPrompt('t2', prompt('two'));
  const second = reopen(first);
  expect(second.choice).toEqual({ model: 'm', modelParameters, mode: 'plan' });
  second.close();
});

it('adds an unknown result to a call without one, once', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'rm x').content] });
  const second = reopen(first);
  expect(toolResults(second)).toMatchObject([
    {
      toolCallId: 'c1',
      output: { value: expect.stringContaining('may or may not have taken effect') },
    },
  ]);
  const lines = readFileSync(file(), 'utf8');
  reopen(second).close();
  expect(readFileSync(file(), 'utf8')).toBe(lines);
});

it('cuts off a torn last line and continues after it', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('one'));
  first.close();
  appendFileSync(file(), '{"type":"prompt","turnId":"t2","mess');
  const second = Conversation.open(folder);
  second.addPrompt('t3', prompt('two'));
  expect(reopen(second).messages).toEqual([prompt('one'), prompt('two')]);
});

it('replaces old messages by a summary', () => {
  const first = Conversation.open(folder);
  for (const text of ['one', 'two', 'three']) first.addPrompt('t1', prompt(text));
  first.compact('t1', prompt('summary'), 1);
  first.addPrompt('t2', prompt('four'));
  expect(reopen(first).messages).toEqual([prompt('summary'), prompt('three'), prompt('four')]);
});

it('leaves out the messages of a subagent, and lists its calls if its result is unknown', () => {
  const first = Conversation.open(folder);
  first.addPrompt('t1', prompt('do it'));
  first.addAnswer('t1', { role: 'assistant', content: [...call('c1', 'task').content] });
  const sub = first.forTask('c1');
  sub.addPrompt('t1', prompt('a part'));
  sub.addAnswer('t1', { role: 'assistant', content: [...call('s1', 'touch a').content] });
  sub.addOutcome('t1', { callId: 's1', name: 'shell' }, { kind: 'done', text: 'ok' });
  sub.addAnswer('t1', { role: 'assistant', content: [...call('s2', 'touch b').content] });
  expect(first.messages).toHaveLength(3);
  const [result] = toolResults(reopen(first));
  const text = JSON.stringify(result);
  expect(text).toContain('[done] shell');
  expect(text).toContain('[unknown] shell');
});
