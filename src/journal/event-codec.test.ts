import { expect, test } from 'vitest';
import type { TurnId } from '../session/ids.ts';
import { agentId } from '../workflow/ids.ts';
import { itemEvent } from './event-codec.ts';

const source = { agentId: agentId('a'), attempt: 1, turnId: 'run-1' as TurnId };
const eventOf = (payload: string) =>
  itemEvent(source, { type: 'StreamEvent', name: 'tool_call', id: '1', payload });
const dataOf = (text: string): unknown => {
  const event = eventOf(text);
  return event.type === 'StreamEvent' ? event.data : undefined;
};

test('parses the data of an item, and keeps invalid JSON as text', () => {
  expect(dataOf('{"a":[1]}')).toEqual({ a: [1] });
  expect(dataOf('not JSON')).toBe('not JSON');
  const odd = '[{\\"[{'.repeat(5_000);
  expect(dataOf(JSON.stringify(odd))).toBe(odd);
});

test('keeps deeply nested data as text, because serializing it could overflow the stack', () => {
  const deep = `{"args":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  expect(dataOf(deep)).toBe(deep);
  expect(JSON.stringify(eventOf(deep))).toContain('[[[[');
});
