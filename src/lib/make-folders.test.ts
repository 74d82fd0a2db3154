import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from './make-folders.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cerevisor-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('creates all missing folders with the given mode, and does not change existing ones', () => {
  const path = join(folder, 'a', 'b');
  makeFolders(path, 0o700);
  makeFolders(path, 0o755);
  expect(statSync(path).isDirectory()).toBe(true);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('fails below a file, and at a dangling link', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolders(join(folder, 'file', 'below'))).toThrow(/ENOTDIR/);
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  expect(() => makeFolders(join(folder, 'link'))).toThrow(/EEXIST/);
});

test.skipIf(process.platform !== 'linux')('fails where no folder can be created', () => {
  expect(() => makeFolders('/proc/x')).toThrow(/ENOENT/);
  expect(() => makeFolders('/proc/x/y/z')).toThrow(/ENOENT/);
});
