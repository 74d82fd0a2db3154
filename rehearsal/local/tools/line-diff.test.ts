import { expect, it } from 'vitest';
import { lineDiff } from './line-diff.ts';

it('counts only the lines from the first change to the last', () => {
  expect(lineDiff('a\nb\nc\n', 'a\nB\nc\n')).toEqual({
    added: 1,
    removed: 1,
    diff: '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c',
  });
  expect(lineDiff('', 'a\nb\n')).toMatchObject({ added: 2, removed: 0 });
  expect(lineDiff('a\na\n', 'a\na\na\n')).toMatchObject({ added: 1, removed: 0 });
  expect(lineDiff('', 'a\n'.repeat(10_000))).toEqual({ added: 10_000, removed: 0, diff: '' });
  expect(lineDiff('same', 'same')).toEqual({ added: 0, removed: 0, diff: '' });
});
