import { expect, it } from 'vitest';
import { ToolPermissions } from './tool-permissions.ts';

it('allows everything where nothing is said', () => {
  expect(new ToolPermissions(undefined, undefined).allows('shellToolCall')).toBe(true);
});

it('obeys both lists, by the names that the headers use', () => {
  const permissions = new ToolPermissions('read_tool_call, shell_tool_call', 'shell_tool_call');
  expect(permissions.allows('readToolCall')).toBe(true);
  expect(permissions.allows('shellToolCall')).toBe(false);
  expect(permissions.allows('updateTodosToolCall')).toBe(false);
  expect(new ToolPermissions('', undefined).allows('readToolCall')).toBe(false);
});
