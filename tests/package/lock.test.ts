import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missingOptional } from '../../scripts/check-lock.mjs';

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));

test('the lock file has an entry for every optional package, so that `npm ci` works everywhere', () => {
  expect(missingOptional(lock.packages)).toEqual([]);
});

test('an optional package that was left out is found, wherever it belongs', () => {
  const packages = {
    '': { optionalDependencies: { top: '1' } },
    'node_modules/a': { optionalDependencies: { outer: '1', inner: '1', gone: '1' } },
    'node_modules/a/node_modules/inner': {},
    'node_modules/outer': {},
    'node_modules/a/node_modules/@b/c': { optionalDependencies: { inner: '1', 'also-gone': '1' } },
  };
  expect(missingOptional(packages)).toEqual([
    { name: 'top', requiredBy: 'this package' },
    { name: 'gone', requiredBy: 'node_modules/a' },
    { name: 'also-gone', requiredBy: 'node_modules/a/node_modules/@b/c' },
  ]);
});

test('every platform package of the SDK is named with its system and processor', () => {
  const { 'node_modules/@cursor/sdk': sdk } = lock.packages;
  for (const name of Object.keys(sdk.optionalDependencies)) {
    expect(lock.packages[`node_modules/${name}`]).toMatchObject({
      version: sdk.version,
      optional: true,
      os: [expect.any(String)],
      cpu: [expect.any(String)],
    });
  }
});
