import { expect, test } from 'vitest';
import { shellWord } from './shell-word.ts';

test('quotes text with characters that are special to the shell', () => {
  expect(shellWord('Back end')).toBe("'Back end'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(shellWord('$HOME')).toBe("'$HOME'");
  expect(shellWord('')).toBe("''");
  expect(shellWord('~/shop')).toBe("'~/shop'");
});

test('does not quote plain names, paths and addresses', () => {
  for (const word of ['Planner', '/home/me/shop', 'https://github.com/acme/shop', 'a@b.com:c/d'])
    expect(shellWord(word)).toBe(word);
});
