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
  const length = 200_000;
  for (const text of [
    `# a${' '.repeat(length)}\rb`,
    `# a${'#'.repeat(length)}b`,
    `~~~${' '.repeat(length)}\``,
    `${'~'.repeat(length)}\``,
  ]) {
    const startedAt = performance.now();
    outlineOf(text);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  }
});
