import { expect, test } from 'vitest';
import type { CursorRunId } from '../session/ids.ts';
import { agentId } from '../workflow/ids.ts';
import { frameEvent } from './event-codec.ts';

const source = { agentId: agentId('a'), attempt: 1, cursorRunId: 'run-1' as CursorRunId };
const dataOf = (text: string): unknown => frameEvent(source, 'tool_call', '1', text).data;

test('reads the data of a frame, and keeps what is not JSON as text', () => {
  expect(dataOf('{"a":[1]}')).toEqual({ a: [1] });
  expect(dataOf('not JSON')).toBe('not JSON');
  const odd = '[{\\"[{'.repeat(5_000);
  expect(dataOf(JSON.stringify(odd))).toBe(odd);
});

test('keeps a frame as text that is nested deeper than others can write it', () => {
  const deep = `{"args":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  expect(dataOf(deep)).toBe(deep);
  expect(JSON.stringify(frameEvent(source, 'tool_call', '1', deep))).toContain('[[[[');
});
