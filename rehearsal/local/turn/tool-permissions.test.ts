import { expect, it } from 'vitest';
import { ToolPermissions } from './tool-permissions.ts';

it('allows all tools without headers', () => {
  expect(new ToolPermissions(undefined, undefined).allows('shellToolCall')).toBe(true);
});

it('applies both lists, with the names in the headers', () => {
  const permissions = new ToolPermissions('read_tool_call, shell_tool_call', 'shell_tool_call');
  expect(permissions.allows('readToolCall')).toBe(true);
  expect(permissions.allows('shellToolCall')).toBe(false);
  expect(permissions.allows('updateTodosToolCall')).toBe(false);
  expect(new ToolPermissions('', undefined).allows('readToolCall')).toBe(false);
});
