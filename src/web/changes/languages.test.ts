import { expect, test } from 'vitest';
import { languageOf, refractor } from './languages.ts';

test.each([
  ['src/cart.ts', 'ts'],
  ['src/page.tsx', 'tsx'],
  ['a/b.mjs', 'javascript'],
  ['Cargo.toml', 'toml'],
  ['main.rs', 'rust'],
  ['deploy/Dockerfile', 'docker'],
  ['Makefile', 'makefile'],
  ['index.HTML', 'html'],
  ['notes', null],
  ['archive.xyz', null],
  ['constructor', null],
  ['a.constructor', null],
  ['a.__proto__', null],
])('%s is highlighted as %s', (path, language) => {
  expect(languageOf(path)).toBe(language);
  if (language !== null) expect(refractor.registered(language)).toBe(true);
});
