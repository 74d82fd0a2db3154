import { expect, it } from 'vitest';
import { ToolPermits } from './tool-permits.ts';

it('allows everything where nothing is said', () => {
  expect(new ToolPermits(undefined, undefined).allows('shellToolCall')).toBe(true);
});

it('obeys both lists, by the names that the headers use', () => {
  const permits = new ToolPermits('read_tool_call, shell_tool_call', 'shell_tool_call');
  expect(permits.allows('readToolCall')).toBe(true);
  expect(permits.allows('shellToolCall')).toBe(false);
  expect(permits.allows('updateTodosToolCall')).toBe(false);
  expect(new ToolPermits('', undefined).allows('readToolCall')).toBe(false);
});
