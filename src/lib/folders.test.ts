import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isWithin, overlap } from './folders.ts';

const shop = join(import.meta.dirname, 'shop');

test.each([
  [shop, true],
  [join(shop, 'src', 'a.ts'), true],
  [join(shop, '..notes'), true],
  [`${shop}-copy`, false],
  [join(shop, '..'), false],
  [join(shop, '..', 'other'), false],
])('%s lies in the folder: %s', (path, expected) => {
  expect(isWithin(shop, path)).toBe(expected);
});

test('folders overlap whichever is in the other one', () => {
  expect(overlap(shop, join(shop, 'src'))).toBe(true);
  expect(overlap(join(shop, 'src'), shop)).toBe(true);
  expect(overlap(join(shop, 'src'), join(shop, 'docs'))).toBe(false);
});
