import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildName, installedBuild, PRODUCT_FOLDER } from './product.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cerevisor-product-'));
  writeFileSync(join(folder, 'package.json'), '{"version":"1.2.3"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const git = (...words: string[]): string => {
  const env = { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' };
  const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  return execFileSync('git', ['-C', folder, ...who, ...words], { encoding: 'utf8', env }).trim();
};

test('an installed package is identified by its version', () => {
  expect(installedBuild(folder)).toEqual({ version: '1.2.3', commit: null });
  expect(buildName(installedBuild(folder))).toBe('1.2.3');
});

test('a clone is also identified by its commit, however git stores it', () => {
  git('init', '--quiet', '--initial-branch=main');
  expect(installedBuild(folder).commit).toBe(null);
  git('add', '.');
  git('commit', '--quiet', '-m', 'First');
  const commit = git('rev-parse', 'HEAD');
  expect(installedBuild(folder).commit).toBe(commit);
  git('pack-refs', '--all');
  expect(installedBuild(folder).commit).toBe(commit);
  git('checkout', '--quiet', '--detach');
  expect(installedBuild(folder).commit).toBe(commit);
  git('worktree', 'add', '--quiet', '-b', 'other', join(folder, 'linked'));
  expect(installedBuild(join(folder, 'linked')).commit).toBe(commit);
  expect(buildName({ version: '1.2.3', commit })).toBe(`1.2.3 (${commit.slice(0, 7)})`);
});

test('finds this installation from its own sources', () => {
  expect(installedBuild().version).toMatch(/^\d+\.\d+\.\d+/);
  expect(PRODUCT_FOLDER).not.toContain('src');
});
