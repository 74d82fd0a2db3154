import { describe, expect, it } from 'vitest';
import { wordsOf } from './narrator.ts';

describe('wordsOf', () => {
  it.each(['', 'one', 'one two', '\n\nnew  line\n- list ', ' lead'])(
    'loses nothing of %j',
    (text) => {
      expect(wordsOf(text).join('')).toBe(text);
    },
  );

  it('gives one delta a word', () => {
    expect(wordsOf('Hello big world')).toEqual(['Hello', ' big', ' world']);
  });
});
