import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test('quotes what a shell would take for something else', () => {
  expect(shellWord('Back end')).toBe("'Back end'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(shellWord('$HOME')).toBe("'$HOME'");
  expect(shellWord('')).toBe("''");
  expect(shellWord('~/shop')).toBe("'~/shop'");
});

test('leaves names, paths and addresses as they are', () => {
  for (const word of ['Planner', '/home/me/shop', 'https://github.com/acme/shop', 'a@b.com:c/d'])
    expect(shellWord(word)).toBe(word);
});
