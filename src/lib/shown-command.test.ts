import { expect, test } from 'vitest';
import { shownCommand } from './shown-command.ts';

test('what a command does after a line break is not read as part of a comment', () => {
  expect(shownCommand('npm ci # all\n\n\n  rm -rf ~\n')).toBe('npm ci # all ⏎ rm -rf ~');
  expect(shownCommand('npm ci\r\nrm -rf ~')).toBe('npm ci ⏎ rm -rf ~');
  expect(shownCommand('rm -rf ~ #\rnpm ci')).toBe('rm -rf ~ #␍npm ci');
  expect(shownCommand('a\u001b[2K\u202e b')).toBe('a [2K  b');
});

test('a long command is shown to its end, and a huge one says that it is cut', () => {
  const long = `echo ${'x'.repeat(3_000)}; rm -rf ~`;
  expect(shownCommand(long)).toBe(long);
  const huge = shownCommand(`echo ${'x'.repeat(10_000)}`);
  expect(huge).toContain('… (10005 characters: read the rest in the file)');
});
