import { expect, test } from 'vitest';
import { formatCommand } from './format-command.ts';

test('shows line breaks, so that a command after a comment is not read as part of it', () => {
  expect(formatCommand('npm ci # all\n\n\n  rm -rf ~\n')).toBe('npm ci # all ⏎ rm -rf ~');
  expect(formatCommand('npm ci\r\nrm -rf ~')).toBe('npm ci ⏎ rm -rf ~');
  expect(formatCommand('rm -rf ~ #\rnpm ci')).toBe('rm -rf ~ #␍npm ci');
  expect(formatCommand('a\u001b[2K\u202e b')).toBe('a [2K  b');
});

test('shows a long command in full, and marks a very long one as truncated', () => {
  const long = `echo ${'x'.repeat(3_000)}; rm -rf ~`;
  expect(formatCommand(long)).toBe(long);
  const huge = formatCommand(`echo ${'x'.repeat(10_000)}`);
  expect(huge).toContain('… (10005 characters: read the rest in the file)');
});
