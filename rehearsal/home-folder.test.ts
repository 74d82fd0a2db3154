import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../testing/test-folder.ts';
import { defaultHome, ensureHome, HomeUnusable } from './home-folder.ts';

const isPosix = process.platform !== 'win32';

it("is the folder in the environment variable, or in the user's home folder", () => {
  const defaultFolder = join(homedir(), '.cerevisor', 'rehearsal');
  expect(defaultHome({})).toBe(defaultFolder);
  expect(defaultHome({ CEREVISOR_REHEARSAL_HOME: ' ' })).toBe(defaultFolder);
  expect(defaultHome({ CEREVISOR_REHEARSAL_HOME: '~/trial' })).toBe(join(homedir(), 'trial'));
});

it('is created with access for its owner only', () => {
  const home = join(testFolder(), 'a', 'b');
  ensureHome(home);
  if (isPosix) expect(statSync(home).mode & 0o777).toBe(0o700);
  ensureHome(home);
});

it.runIf(isPosix)('is rejected and left unchanged if other users can write to it', () => {
  for (const mode of [0o1777, 0o775, 0o707]) {
    const home = join(testFolder(), 'home');
    mkdirSync(home);
    chmodSync(home, mode);
    const link = `${home}-link`;
    symlinkSync(home, link);
    for (const path of [home, link]) expect(() => ensureHome(path)).toThrow(HomeUnusable);
    expect(statSync(home).mode & 0o7777).toBe(mode);
    expect(readdirSync(home)).toEqual([]);
  }
});

it.runIf(process.getuid?.() === 0)('is rejected if it belongs to another user', () => {
  const home = testFolder();
  chownSync(home, 12345, 12345);
  expect(() => ensureHome(home)).toThrow('another user (12345)');
});

it('is accepted with other content in it, and rejected if it is not a folder', () => {
  const home = testFolder();
  mkdirSync(join(home, 'src'));
  ensureHome(home);
  writeFileSync(join(home, 'file'), '');
  for (const path of [join(home, 'file'), join(home, 'file', 'below'), '/proc/none/here']) {
    expect(() => ensureHome(path)).toThrow(HomeUnusable);
  }
});
