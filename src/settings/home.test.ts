import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import { ensureHome, resolveHome, validateHome } from './home.ts';

const isPosix = process.platform !== 'win32';
const modeOf = (path: string) => statSync(path).mode & 0o7777;
const rejected = (text: string) => ({
  ok: false,
  error: {
    code: 'home_unusable',
    message: expect.stringContaining(text),
    suggestion: expect.stringContaining('CEREVISOR_HOME'),
  },
});

test('the home is the folder that the environment names, else .cerevisor in the user folder', () => {
  expect(resolveHome({}, '/users/me')).toBe('/users/me/.cerevisor');
  expect(resolveHome({ CEREVISOR_HOME: ' ' }, '/users/me')).toBe('/users/me/.cerevisor');
  expect(resolveHome({ CEREVISOR_HOME: '/data/runs' }, '/users/me')).toBe('/data/runs');
  expect(resolveHome({ CEREVISOR_HOME: '~/runs' }, '/users/me')).toBe('/users/me/runs');
  expect(resolveHome({ CEREVISOR_HOME: 'runs' }, '/users/me')).toBe(resolve('runs'));
});

test.runIf(isPosix)('it is created private to its owner, with its parent folders', () => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'a', 'b');
  expect(validateHome(home)).toMatchObject({ ok: true });
  expect(existsSync(home)).toBe(false);
  expect(ensureHome(home)).toEqual({ ok: true, value: home });
  expect(modeOf(home)).toBe(0o700);
  expect(modeOf(join(folder.home, 'a'))).toBe(0o700);
});

test.runIf(isPosix).each([
  ['a shared one like /tmp', 0o1777],
  ['one that everybody can write to', 0o777],
  ['one that a group can write to', 0o775],
])('an existing folder is rejected and not changed: %s', (_, mode) => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'shared');
  mkdirSync(home);
  chmodSync(home, mode);
  expect(ensureHome(home)).toMatchObject(rejected('Other users can write to'));
  expect(modeOf(home)).toBe(mode);
  expect(readdirSync(home)).toEqual([]);
  // What the message advises works.
  expect(ensureHome(join(home, 'cerevisor'))).toMatchObject({ ok: true });
});

test.runIf(isPosix)('an existing folder that others can only read is used unchanged', () => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'open');
  mkdirSync(home);
  chmodSync(home, 0o755);
  expect(ensureHome(home)).toMatchObject({ ok: true });
  expect(modeOf(home)).toBe(0o755);
});

test('a private folder is used along with the other files in it', () => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'project');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, 'notes.md'), 'mine');
  expect(ensureHome(home)).toMatchObject({ ok: true });
  expect(readFileSync(join(home, 'notes.md'), 'utf8')).toBe('mine');
});

test('links are followed, and dangling links rejected', () => {
  using folder = temporaryFolder();
  const [target, link, dangling] = ['target', 'link', 'dangling'].map((name) =>
    join(folder.home, name),
  ) as [string, string, string]; // Three names give three paths.
  mkdirSync(target, { mode: 0o700 });
  symlinkSync(target, link);
  symlinkSync(join(folder.home, 'nowhere'), dangling);
  expect(ensureHome(link)).toMatchObject({ ok: true });
  expect(ensureHome(dangling)).toMatchObject(rejected('nowhere'));
  if (isPosix) {
    chmodSync(target, 0o777);
    expect(ensureHome(link)).toMatchObject(rejected('Other users can write to'));
  }
});

test.runIf(process.getuid?.() === 0)('a folder of another user is rejected', () => {
  using folder = temporaryFolder();
  const home = join(folder.home, 'theirs');
  mkdirSync(home, { mode: 0o700 });
  chownSync(home, 12345, 12345);
  expect(ensureHome(home)).toMatchObject(rejected('another user (12345)'));
});

test('a file in place of the folder is rejected with a suggestion', () => {
  using folder = temporaryFolder();
  const file = join(folder.home, 'file');
  writeFileSync(file, '');
  for (const home of [file, join(file, 'below')]) {
    expect(ensureHome(home)).toMatchObject(rejected('is a file'));
  }
});

test.runIf(process.platform === 'linux')(
  'a path where no folder can be created is rejected',
  () => {
    expect(ensureHome('/proc/cerevisor/home')).toMatchObject(rejected('/proc'));
  },
);
