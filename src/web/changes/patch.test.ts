import { describe, expect, it, test } from 'vitest';
import {
  canHighlight,
  countLines,
  hasHiddenCharacters,
  parseHunks,
  takeLines,
  unchangedBefore,
} from './patch.ts';

const head = [
  'diff --git a/src/cart.ts b/src/cart.ts',
  'index 1111111111111111111111111111111111111111..2222222222222222222222222222222222222222 100644',
  '--- a/src/cart.ts',
  '+++ b/src/cart.ts',
];
const patch = [
  ...head,
  '@@ -10,3 +10,4 @@ function total() {',
  ' one',
  '-two',
  '+TWO',
  '+and a half',
  ' three',
  '@@ -40,2 +41,1 @@',
  ' forty',
  '-forty-one',
  '\\ No newline at end of file',
  '',
].join('\n');

const read = (text: string) => parseHunks(text) ?? [];

describe('hunks of a diff', () => {
  it('are parsed with their lines', () => {
    const hunks = read(patch);
    expect(hunks.map(({ changes }) => changes.map(({ type }) => type))).toEqual([
      ['normal', 'delete', 'insert', 'insert', 'normal'],
      ['normal', 'delete'],
    ]);
    expect(countLines(hunks)).toBe(7);
  });

  it('are empty for a file without changes, and null for text that is not a diff', () => {
    expect(parseHunks('')).toEqual([]);
    expect(parseHunks('no diff at all')).toBeNull();
  });

  it('cover both sides where a file became a symlink', () => {
    const deleted = [...head, '@@ -1,1 +0,0 @@', '-text'];
    const link = [...head, '@@ -0,0 +1,1 @@', '+target', '\\ No newline at end of file', ''];
    expect(countLines(read([...deleted, ...link].join('\n')))).toBe(2);
  });

  it('report how many lines between them did not change', () => {
    const [first, second] = read(patch);
    expect(first && unchangedBefore(first, undefined)).toBe(9);
    expect(first && second && unchangedBefore(second, first)).toBe(27);
  });

  it('report no unchanged lines before a new file', () => {
    const [hunk] = read([...head, '@@ -0,0 +1,1 @@', '+one', ''].join('\n'));
    expect(hunk && unchangedBefore(hunk, undefined)).toBe(0);
  });
});

test.each([
  [100, [5, 2]],
  [5, [5]],
  [3, [3]],
  [6, [5, 1]],
  [0, []],
])('takes the first %i lines of a long diff', (most, counts) => {
  expect(takeLines(read(patch), most).map(({ changes }) => changes.length)).toEqual(counts);
});

test('does not highlight minified and very long files', () => {
  const of = (line: string, times = 1) =>
    read([...head, `@@ -0,0 +1,${times} @@`, ...Array(times).fill(`+${line}`), ''].join('\n'));
  expect(canHighlight(of('const cart = [];'))).toBe(true);
  expect(canHighlight(of('x'.repeat(2_001)))).toBe(false);
  expect(canHighlight(of('x'.repeat(1_000), 301))).toBe(false);
});

test('detects characters that reorder or hide code', () => {
  expect(hasHiddenCharacters('if (admin\u202e) {')).toBe(true);
  expect(hasHiddenCharacters('größer → 你好 \ud83d\ude80')).toBe(false);
});
