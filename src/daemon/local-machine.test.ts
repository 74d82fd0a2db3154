import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runGitInOwnRepository } from '../lib/git.ts';
import { inspectFolder, sampleClone, sampleClonePath } from './local-machine.ts';
import { SAMPLE_SHOP_URL } from './sample-shop.ts';

let folder = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'local machine ')));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const git = async (cwd: string, ...args: string[]): Promise<string> => {
  const identity = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  const { exitCode, stdout, stderr } = await runGitInOwnRepository(args, {
    cwd,
    variables: identity,
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.trim();
};

describe('a folder of the user', () => {
  test('is recognized as part of a repository, from a subfolder and through a link', async () => {
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await mkdir(join(folder, 'src'));
    await writeFile(join(folder, 'src', 'a.ts'), 'a');
    await git(folder, 'add', '--all');
    await git(folder, 'commit', '--quiet', '-m', 'Start');
    await writeFile(join(folder, 'new file.ts'), 'b');
    await writeFile(join(folder, 'src', 'a.ts'), 'changed');
    await symlink(join(folder, 'src'), join(folder, '.link'));
    const facts = await inspectFolder(join(folder, '.link'));
    expect(facts).toMatchObject({
      kind: 'repository',
      root: folder,
      path: join(folder, 'src'),
      branch: 'main',
      head: await git(folder, 'rev-parse', 'HEAD'),
      remoteUrl: null,
      isWritable: true,
    });
    expect(facts.kind === 'repository' && facts.uncommittedFiles).toBe(3);
  });

  test('may be a repository without a commit', async () => {
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    expect(await inspectFolder(folder)).toMatchObject({ kind: 'repository', head: null });
  });

  test('may have no git, or not exist', async () => {
    expect(await inspectFolder(folder)).toEqual({ kind: 'plain', path: folder, isWritable: true });
    await writeFile(join(folder, 'file'), '');
    expect(await inspectFolder(join(folder, 'file'))).toMatchObject({ kind: 'missing' });
    expect(await inspectFolder(join(folder, 'nowhere'))).toMatchObject({ kind: 'missing' });
    expect(await inspectFolder('/a\0b')).toEqual({
      kind: 'missing',
      reason: 'the path contains a null character',
    });
  });

  test('may be a repository that git cannot work in, with the reason', async () => {
    const bare = join(folder, 'bare.git');
    await git(folder, 'init', '--quiet', '--bare', bare);
    const problemOf = async (path: string) => {
      const facts = await inspectFolder(path);
      return facts.kind === 'plain' ? facts.gitProblem : facts;
    };
    expect(await problemOf(bare)).toContain('bare repository');
    await git(folder, 'init', '--quiet', 'later');
    await git(join(folder, 'later'), 'config', 'core.repositoryFormatVersion', '99');
    expect(await problemOf(join(folder, 'later'))).toMatch(/^Expected git repo version/);
  });

  test('is plain on a machine without git', async () => {
    await git(folder, 'init', '--quiet');
    expect(await inspectFolder(folder, { PATH: '/nowhere' })).toMatchObject({ kind: 'plain' });
  });
});

describe('the sample repository', () => {
  test('is cloned once, and only for its own address', async () => {
    expect(await sampleClone(folder, ['https://github.com/acme/shop'])).toBeNull();
    const clone = await sampleClone(folder, [SAMPLE_SHOP_URL]);
    expect(clone).toBe(sampleClonePath(folder));
    expect(await inspectFolder(sampleClonePath(folder))).toMatchObject({
      kind: 'repository',
      branch: 'main',
    });
    await writeFile(join(sampleClonePath(folder), 'mine.txt'), 'kept');
    await sampleClone(folder, [SAMPLE_SHOP_URL]);
    expect(await inspectFolder(sampleClonePath(folder))).toMatchObject({ uncommittedFiles: 1 });
  });

  test('is cloned by several requests at the same time', async () => {
    const clones = Array.from({ length: 6 }, () => sampleClone(folder, [SAMPLE_SHOP_URL]));
    expect(new Set(await Promise.all(clones))).toEqual(new Set([sampleClonePath(folder)]));
    expect(await inspectFolder(sampleClonePath(folder))).toMatchObject({ uncommittedFiles: 0 });
  });

  test('is kept as it is if the user has made something else of it', async () => {
    const path = sampleClonePath(folder);
    await mkdir(path);
    await writeFile(join(path, 'mine.txt'), 'kept');
    expect(await sampleClone(folder, [SAMPLE_SHOP_URL])).toBe(path);
    expect(await readdir(path)).toEqual(['mine.txt']);
  });
});
