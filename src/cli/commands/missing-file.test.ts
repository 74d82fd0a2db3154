import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome } from '../../../testing/command-line.ts';
import { missingFileSuggestion } from './missing-file.ts';

test('a missing workflow file leads to the file or the example that was meant', () => {
  using place = temporaryHome();
  const product = join(place.folder, 'product');
  mkdirSync(join(product, 'examples'), { recursive: true });
  const example = join(product, 'examples', 'bug-hunt.cerevisor');
  writeFileSync(example, '{}');
  writeFileSync(join(place.folder, 'shop.cerevisor'), '{}');
  const suggestionFor = (name: string) => missingFileSuggestion(join(place.folder, name), product);
  expect(suggestionFor('shop')).toBe('Did you mean shop.cerevisor?');
  expect(suggestionFor('examples/bug-hunt.cerevisor')).toContain(example);
  expect(suggestionFor('bug-hunt')).toContain(example);
  expect(suggestionFor('other.cerevisor')).toMatch(/^Name a \.cerevisor file/);
});
