import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PreflightView } from '../contract/preflight-views.ts';
import type { StartBody } from '../contract/requests.ts';
import { withFolderRepository } from './commands/missing-repository.ts';
import { repositoryOfFolder } from './folder-repository.ts';
import { Output } from './output.ts';

let folder: string;
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder });

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cerevisor folder '));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('returns null outside a repository, and without a remote', async () => {
  expect(await repositoryOfFolder(folder)).toBeNull();
  git('init', '--quiet', '--initial-branch', 'main');
  expect(await repositoryOfFolder(folder)).toBeNull();
});

test('uses origin, also from a subfolder, and before the first commit', async () => {
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'backup', 'https://github.com/acme/backup');
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  const below = path.join(folder, 'below');
  mkdirSync(below);
  const found = { url: 'https://github.com/acme/shop', remote: 'origin' };
  expect(await repositoryOfFolder(below)).toEqual(found);
});

test('prefers the remote of the current branch', async () => {
  git('init', '--quiet', '--initial-branch', 'work');
  git('remote', 'add', 'origin', 'https://github.com/acme/shop');
  git('remote', 'add', 'fork', 'https://github.com/me/shop');
  git('config', 'branch.work.remote', 'fork');
  expect(await repositoryOfFolder(folder)).toMatchObject({ url: 'https://github.com/me/shop' });
});

test('does not choose among several remotes without origin', async () => {
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'one', 'https://github.com/acme/one');
  expect(await repositoryOfFolder(folder)).toMatchObject({ remote: 'one' });
  git('remote', 'add', 'two', 'https://github.com/acme/two');
  expect(await repositoryOfFolder(folder)).toBeNull();
});

test('ignores environment variables that point git to another repository', async () => {
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', 'https://github.com/acme/shop');
  process.env.GIT_DIR = '/nowhere';
  try {
    expect(await repositoryOfFolder(folder)).toMatchObject({ remote: 'origin' });
  } finally {
    delete process.env.GIT_DIR;
  }
});

/** Prepares the start of a workflow with these problems from the folder. */
async function requestFor(request: StartBody, codes: readonly string[]) {
  const stream = new PassThrough();
  const streams = { stdout: stream, stderr: stream };
  const output = new Output({ isJson: false, ...streams, environment: {}, platform: 'linux' });
  const problems = codes.map((code) => ({
    ...{ code, severity: 'error' as const, message: code, path: [], pointer: '' },
  }));
  const preflight = async (): Promise<PreflightView> => ({
    ...{ canStart: false, problems, summary: null, confirmations: [] },
  });
  const taken = await withFolderRepository({ output }, { preflight }, request, folder);
  return { repositories: taken.repositories, printed: String(stream.read() ?? '') };
}

test('a start uses the remote of the folder if a repository is missing, and prints it', async () => {
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  const { repositories, printed } = await requestFor({ path: '/x' }, ['repository_missing']);
  expect(repositories).toEqual([{ url: 'https://github.com/acme/shop' }]);
  expect(printed).toContain('https://github.com/acme/shop');
});

test('a start does not use the remote if a repository is named or none is needed', async () => {
  git('init', '--quiet', '--initial-branch', 'main');
  git('remote', 'add', 'origin', 'git@github.com:acme/shop.git');
  const named = { path: '/x', repositories: [{ url: 'https://github.com/acme/other' }] };
  expect(await requestFor(named, ['repository_missing'])).toMatchObject({
    repositories: named.repositories,
    printed: '',
  });
  expect(await requestFor({ path: '/x' }, ['agent_missing'])).toEqual({
    repositories: undefined,
    printed: '',
  });
});
