import { expect, test } from 'vitest';
import type { Problem } from '../../../contract/error-views.ts';
import { groupProblems } from './group-problems.ts';

const problem = (severity: Problem['severity'], code: string, message: string): Problem => ({
  severity,
  code,
  message,
  path: [],
  pointer: '',
});

const grouped = (problems: readonly Problem[]) =>
  groupProblems(problems).map((group) => group.map(({ message }) => message));

test('groups three or more notices of one kind at the position of the first', () => {
  const started = ['a', 'b', 'c'].map((name) => problem('notice', 'mcp_server_started', name));
  const other = problem('warning', 'no_instructions', 'w');
  expect(grouped([...started.slice(0, 1), other, ...started.slice(1)])).toEqual([
    ['a', 'b', 'c'],
    ['w'],
  ]);
  expect(grouped(started.slice(0, 2))).toEqual([['a'], ['b']]);
});

test('keeps errors separate, because each has to be corrected', () => {
  const errors = ['a', 'b', 'c', 'd'].map((name) => problem('error', 'mcp_value_missing', name));
  expect(grouped(errors)).toEqual([['a'], ['b'], ['c'], ['d']]);
});
