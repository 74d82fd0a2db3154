import { expect, test } from 'vitest';
import { markdownTokens } from './markdown-tokens.ts';

test('reads markdown', () => {
  const types = markdownTokens('# Done\n\n- one')?.map(({ type }) => type);
  expect(types).toEqual(['heading', 'space', 'list']);
});

test('leaves a text as it is that was made to freeze the page or to break it', () => {
  for (const text of ['>'.repeat(5_000), '_a'.repeat(50_000), '[a]('.repeat(50_000)]) {
    const startedAt = performance.now();
    expect(markdownTokens(text)).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  }
});
