import { expect, it } from 'vitest';
import { outlineOf } from './fences.ts';

it('finds fences and headings of the top level', () => {
  const { fences, headings } = outlineOf('# A b ##\n~~~js x\n# no\n~~~\n   ## C');
  expect(fences).toMatchObject([{ info: 'js x', content: '# no' }]);
  expect(headings).toMatchObject([
    { level: 1, title: 'A b', start: 0 },
    { level: 2, title: 'C' },
  ]);
});

it('takes a time that grows with the text alone', () => {
  // With the square of this, reading would take longer than any test may.
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
