import { describe, expect, it } from 'vitest';
import { splitWords } from './run-stream-writer.ts';

describe('wordsOf', () => {
  it.each(['', 'one', 'one two', '\n\nnew  line\n- list ', ' lead'])(
    'keeps every character of %j',
    (text) => {
      expect(splitWords(text).join('')).toBe(text);
    },
  );

  it('returns one word per delta', () => {
    expect(splitWords('Hello big world')).toEqual(['Hello', ' big', ' world']);
  });
});
