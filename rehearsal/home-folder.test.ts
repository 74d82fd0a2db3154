import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultHome, ensureHome, HomeUnusable } from './home-folder.ts';

const isPosix = process.platform !== 'win32';
const newFolder = () => mkdtempSync(join(tmpdir(), 'rehearsal-home-'));

it('is the folder in the environment, or is in the user folder', () => {
  const usual = join(homedir(), '.cerevisor', 'rehearsal');
  expect(defaultHome({})).toBe(usual);
  expect(defaultHome({ CEREVISOR_REHEARSAL_HOME: ' ' })).toBe(usual);
  expect(defaultHome({ CEREVISOR_REHEARSAL_HOME: '~/trial' })).toBe(join(homedir(), 'trial'));
});

it('is made for its owner alone', () => {
  const home = join(newFolder(), 'a', 'b');
  ensureHome(home);
  if (isPosix) expect(statSync(home).mode & 0o777).toBe(0o700);
  ensureHome(home);
});

it.runIf(isPosix)('is refused, and stays as it is, where others may change it', () => {
  for (const mode of [0o1777, 0o775, 0o707]) {
    const home = newFolder();
    chmodSync(home, mode);
    const link = `${home}-link`;
    symlinkSync(home, link);
    for (const path of [home, link]) expect(() => ensureHome(path)).toThrow(HomeUnusable);
    expect(statSync(home).mode & 0o7777).toBe(mode);
    expect(readdirSync(home)).toEqual([]);
  }
});

it.runIf(process.getuid?.() === 0)('is refused where it belongs to another user', () => {
  const home = newFolder();
  chownSync(home, 12345, 12345);
  expect(() => ensureHome(home)).toThrow('another user (12345)');
});

it('is used with whatever else its owner keeps in it, and refused where it is no folder', () => {
  const home = newFolder();
  mkdirSync(join(home, 'src'));
  ensureHome(home);
  writeFileSync(join(home, 'file'), '');
  for (const path of [join(home, 'file'), join(home, 'file', 'below'), '/proc/none/here']) {
    expect(() => ensureHome(path)).toThrow(HomeUnusable);
  }
});
