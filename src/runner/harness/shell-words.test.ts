import { describe, expect, it } from 'vitest';
import { shellWords } from './shell-words.ts';

const texts = (command: string) => shellWords(command).map(({ text }) => text);
const commands = (command: string) =>
  shellWords(command)
    .filter(({ isCommand }) => isCommand)
    .map(({ text }) => text);

describe('the words of a command', () => {
  it('come without their quotes and backslashes', () => {
    expect(texts(`cat "/etc/my file" '/a b' c\\ d`)).toEqual([
      'cat',
      '/etc/my file',
      '/a b',
      'c d',
    ]);
  });

  it('come without redirections, with or without a space before the file', () => {
    expect(texts('echo a >/tmp/x 2> /tmp/y <in >>/tmp/z &>/tmp/w 2>&1')).toEqual([
      'echo',
      'a',
      '/tmp/x',
      '/tmp/y',
      'in',
      '/tmp/z',
      '/tmp/w',
      '1',
    ]);
  });

  it('distinguish the program from its arguments', () => {
    expect(commands('A=1 /usr/bin/env node x.js && (cd ..; ls) | wc -l')).toEqual([
      '/usr/bin/env',
      'cd',
      'ls',
      'wc',
    ]);
  });

  it('include the rest of an unterminated quote', () => {
    expect(texts('echo "a b')).toEqual(['echo', 'a b']);
  });
});
