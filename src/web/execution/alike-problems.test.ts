import { expect, test } from 'vitest';
import type { Problem } from '../../contract/error-views.ts';
import { alikeProblems } from './alike-problems.ts';

const problem = (severity: Problem['severity'], code: string, message: string): Problem => ({
  severity,
  code,
  message,
  path: [],
  pointer: '',
});

const grouped = (problems: readonly Problem[]) =>
  alikeProblems(problems).map((group) => group.map(({ message }) => message));

test('notices of one kind stand together from three on, where the first one was', () => {
  const started = ['a', 'b', 'c'].map((name) => problem('notice', 'mcp_server_started', name));
  const other = problem('warning', 'no_instructions', 'w');
  expect(grouped([...started.slice(0, 1), other, ...started.slice(1)])).toEqual([
    ['a', 'b', 'c'],
    ['w'],
  ]);
  expect(grouped(started.slice(0, 2))).toEqual([['a'], ['b']]);
});

test('errors stand alone, because each has to be corrected', () => {
  const errors = ['a', 'b', 'c', 'd'].map((name) => problem('error', 'mcp_value_missing', name));
  expect(grouped(errors)).toEqual([['a'], ['b'], ['c'], ['d']]);
});
