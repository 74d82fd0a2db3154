import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test('removes the markup of markdown', () => {
  const text =
    '## Saving *for later*\n\nIt lives in `src/cart.js`, see [the plan](https://example.org).\n\n- the **store**\n- a page\n  - of its own\n\n| One | Two |\n| --- | --- |\n| a | **b** |';
  expect(plainText(text)).toBe(
    'Saving for later\nIt lives in src/cart.js, see the plan.\n• the store\n• a page\n• of its own\nOne · Two\na · b',
  );
});

test('keeps what only looks like markdown, and HTML as text', () => {
  expect(plainText('a * b and <b>bold</b>')).toBe('a * b and <b>bold</b>');
});

test('returns a text unchanged if parsing it would take too long', () => {
  const long = '_a'.repeat(50_000);
  expect(plainText(long)).toBe(long);
});

test('removes terminal codes and bidirectional controls, and decodes entities', () => {
  expect(plainText('\u001b[31mred\u001b[0m &amp; **b&lt;c** `&amp;` \u202eabc')).toBe(
    'red & b<c &amp; abc',
  );
});
