import { expect, it } from 'vitest';
import { lineChanges } from './line-changes.ts';

const shown = (before: string | null, after: string | null) =>
  lineChanges(before, after).map(({ kind, text }) => `${kind[0]} ${text}`);

it('lists the differing lines with their context', () => {
  expect(shown('a\nb\nc\nd\ne\nf', 'a\nb\nc\nX\nY\ne\nf')).toEqual([
    's b',
    's c',
    'r d',
    'a X',
    'a Y',
    's e',
    's f',
  ]);
});

it('handles texts that are new, removed, extended or unchanged', () => {
  expect(shown(null, 'a\nb')).toEqual(['a a', 'a b']);
  expect(shown('a', null)).toEqual(['r a']);
  expect(shown('a\na', 'a\na\na')).toEqual(['s a', 's a', 'a a']);
  expect(shown('a', 'a')).toEqual(['s a']);
});
