import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ensureHome, resolveHome } from './home.ts';
import { temporaryFolder } from './testing.ts';

test('the home is the folder in the environment, or .cerevisor in the user folder', () => {
  expect(resolveHome({}, '/users/me')).toBe('/users/me/.cerevisor');
  expect(resolveHome({ CEREVISOR_HOME: ' ' }, '/users/me')).toBe('/users/me/.cerevisor');
  expect(resolveHome({ CEREVISOR_HOME: '/data/runs' }, '/users/me')).toBe('/data/runs');
  expect(resolveHome({ CEREVISOR_HOME: '~/runs' }, '/users/me')).toBe('/users/me/runs');
  expect(resolveHome({ CEREVISOR_HOME: 'runs' }, '/users/me')).toBe(resolve('runs'));
});

test('it is made for its owner alone, and rights of others are taken away', () => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'a', 'b');
  expect(ensureHome(home)).toEqual({ ok: true, value: home });
  expect(statSync(home).mode & 0o777).toBe(0o700);
  const open = join(folder.home, 'open');
  mkdirSync(open);
  chmodSync(open, 0o755);
  ensureHome(open);
  expect(statSync(open).mode & 0o777).toBe(0o700);
});

test('a file in its place is refused with advice', () => {
  using folder = temporaryFolder();
  const file = join(folder.home, 'file');
  writeFileSync(file, '');
  for (const home of [file, join(file, 'below')]) {
    expect(ensureHome(home)).toMatchObject({
      ok: false,
      error: { code: 'home_unusable', suggestion: expect.stringContaining('CEREVISOR_HOME') },
    });
  }
});
