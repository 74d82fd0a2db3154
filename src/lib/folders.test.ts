import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foldersOverlap, isWithin } from './folders.ts';

const shop = join(import.meta.dirname, 'shop');

test.each([
  [shop, true],
  [join(shop, 'src', 'a.ts'), true],
  [join(shop, '..notes'), true],
  [`${shop}-copy`, false],
  [join(shop, '..'), false],
  [join(shop, '..', 'other'), false],
])('%s is in the folder: %s', (path, expected) => {
  expect(isWithin(shop, path)).toBe(expected);
});

test('folders overlap if either contains the other', () => {
  expect(foldersOverlap(shop, join(shop, 'src'))).toBe(true);
  expect(foldersOverlap(join(shop, 'src'), shop)).toBe(true);
  expect(foldersOverlap(join(shop, 'src'), join(shop, 'docs'))).toBe(false);
});
