import { expect, it } from 'vitest';
import { outlineOf } from './fences.ts';

it('finds top-level fences and headings', () => {
  const { fences, headings } = outlineOf('# A b ##\n~~~js x\n# no\n~~~\n   ## C');
  expect(fences).toMatchObject([{ info: 'js x', content: '# no' }]);
  expect(headings).toMatchObject([
    { level: 1, title: 'A b', start: 0 },
    { level: 2, title: 'C' },
  ]);
});

it('parses in linear time', () => {
  // In quadratic time, this would exceed the timeout of the test.
  const length = 1_000_000;
  for (const text of [
    `# a${' '.repeat(length)}\rb`,
    `# a${'#'.repeat(length)}b`,
    `~~~${' '.repeat(length)}\``,
    `${'~'.repeat(length)}\``,
  ]) {
    expect(outlineOf(text)).toBeDefined();
  }
});
