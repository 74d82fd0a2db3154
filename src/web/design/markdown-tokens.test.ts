import { expect, test } from 'vitest';
import { markdownTokens } from './markdown-tokens.ts';

test('parses markdown', () => {
  const types = markdownTokens('# Done\n\n- one')?.map(({ type }) => type);
  expect(types).toEqual(['heading', 'space', 'list']);
});

test('returns null for text that would freeze or crash the parser', () => {
  // Parsing any of these to its end would exceed the test timeout.
  for (const text of ['>'.repeat(5_000), '_a'.repeat(500_000), '[a]('.repeat(500_000)])
    expect(markdownTokens(text)).toBeNull();
});
