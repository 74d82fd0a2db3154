import { expect, test } from 'vitest';
import { markdownTokens } from './markdown-tokens.ts';

test('reads markdown', () => {
  const types = markdownTokens('# Done\n\n- one')?.map(({ type }) => type);
  expect(types).toEqual(['heading', 'space', 'list']);
});

test('leaves a text as it is that was made to freeze the page or to break it', () => {
  // Reading one of these to its end would take longer than any test may.
  for (const text of ['>'.repeat(5_000), '_a'.repeat(500_000), '[a]('.repeat(500_000)])
    expect(markdownTokens(text)).toBeNull();
});
