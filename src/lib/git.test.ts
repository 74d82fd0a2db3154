import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';
import { ensureSampleShop } from '../daemon/sample-shop.ts';
import { queryRemote, runGitInOwnRepository } from './git.ts';

/** A user whose environment, settings and repository would all affect git. */
function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-git-'));
  const at = (...parts: string[]) => join(folder, ...parts);
  const repository = at('theirs');
  const hookMarker = at('hook-ran');
  const git = (cwd: string, ...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  mkdirSync(repository);
  git(repository, 'init', '--quiet', '--initial-branch=trunk');
  git(repository, 'commit', '--quiet', '--allow-empty', '-m', 'Begin');
  git(repository, 'worktree', 'add', '--quiet', at('linked'));
  for (const name of ['pre-commit', 'commit-msg', 'post-checkout', 'reference-transaction']) {
    const hook = at('templates', 'hooks', name);
    mkdirSync(at('templates', 'hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch '${hookMarker}'\nexit 1\n`);
    chmodSync(hook, 0o755);
  }
  mkdirSync(at('home', '.config', 'git'), { recursive: true });
  writeFileSync(at('home', '.config', 'git', 'ignore'), '*.ts\n*.md\n');
  writeFileSync(
    at('home', '.gitconfig'),
    [
      `[init]\ntemplateDir = ${at('templates')}\ndefaultBranch = trunk`,
      `[core]\nhooksPath = ${at('templates', 'hooks')}\nautocrlf = true`,
      '[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n[gpg]\nprogram = false',
      '[user]\nuseConfigOnly = true\nname = Somebody\nemail = somebody@example.com',
      '[url "ext::sh -c false "]\ninsteadOf = none:',
    ].join('\n'),
  );
  const environment = {
    PATH: process.env.PATH,
    HOME: at('home'),
    GIT_DIR: at('theirs', '.git', 'worktrees', 'linked'),
    GIT_COMMON_DIR: at('theirs', '.git'),
    GIT_WORK_TREE: at('linked'),
    GIT_INDEX_FILE: at('theirs', '.git', 'worktrees', 'linked', 'index'),
    GIT_OBJECT_DIRECTORY: at('theirs', '.git', 'objects'),
    GIT_NAMESPACE: 'theirs',
    GIT_PREFIX: 'src/',
    GIT_TEMPLATE_DIR: at('templates'),
    GIT_CONFIG: at('home', '.gitconfig'),
    GIT_CONFIG_GLOBAL: at('home', '.gitconfig'),
    GIT_CONFIG_SYSTEM: at('home', '.gitconfig'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: at('templates', 'hooks'),
    GIT_CONFIG_PARAMETERS: `'core.bare=true'`,
    GIT_AUTHOR_NAME: 'Somebody',
    GIT_EDITOR: 'false',
    GIT_EXTERNAL_DIFF: 'false',
    GIT_SSH_COMMAND: `touch '${hookMarker}'`,
    GIT_TRACE: at('trace'),
    CURSOR_API_KEY: 'crsr_canary',
  };
  const userState = () => ({
    branches: git(repository, 'for-each-ref'),
    config: git(repository, 'config', '--local', '--list'),
    status: git(at('linked'), 'status', '--porcelain=2'),
    hasHookRun: existsSync(hookMarker),
  });
  return {
    at,
    repository,
    git,
    environment,
    userState,
    [Symbol.dispose]: () => removeFolder(folder),
  };
}

test('the sample repository is the same for every user, and does not affect their repository', async () => {
  using world = openWorld();
  const before = world.userState();
  const path = await ensureSampleShop(world.at('home', 'cerevisor'), world.environment);
  expect(world.userState()).toEqual(before);
  expect(before.hasHookRun).toBe(false);
  const plain = await ensureSampleShop(world.at('plain'), { PATH: process.env.PATH });
  const shown = ['log', '--format=%H %an <%ae> %s', 'main'];
  expect(world.git(path, ...shown)).toBe(world.git(plain, ...shown));
  expect(world.git(path, 'ls-tree', '-r', '--name-only', 'main')).toContain('README.md');
  expect(existsSync(join(path, 'hooks'))).toBe(false);
});

test('git in its own folder never uses a repository above it', async () => {
  using world = openWorld();
  const inside = join(world.repository, 'cerevisor');
  mkdirSync(inside);
  const result = await runGitInOwnRepository(['rev-parse', '--git-dir'], { cwd: inside });
  expect(result.exitCode).not.toBe(0);
});

test('a remote repository is queried with the settings of the user, but not with their repository', async () => {
  using world = openWorld();
  const before = world.userState();
  writeFileSync(
    world.at('home', '.gitconfig'),
    `[url "${world.repository}"]\ninsteadOf = https://git.invalid/shop\n`,
  );
  const { GIT_CONFIG_GLOBAL: _, ...environment } = world.environment;
  const result = await queryRemote(['ls-remote', '--', 'https://git.invalid/shop', 'HEAD'], {
    environment,
  });
  expect(result.stdout).toContain(world.git(world.repository, 'rev-parse', 'HEAD'));
  expect(world.userState()).toEqual(before);
  const settings = await queryRemote(['config', '--list'], { environment });
  expect(settings.stdout).not.toMatch(/core\.(bare|hookspath)/);
});

test('settings of the user do not affect queries to a repository on this machine', async () => {
  using world = openWorld();
  writeFileSync(
    world.at('home', '.gitconfig'),
    '[url "https://git.invalid/"]\ninsteadOf = /\ninsteadOf = file:\n[transfer]\nhideRefs = HEAD\n',
  );
  const head = world.git(world.repository, 'rev-parse', 'HEAD');
  for (const address of [world.repository, `file://${world.repository}`]) {
    const environment = { ...world.environment, GIT_CONFIG_GLOBAL: undefined };
    const result = await queryRemote(['ls-remote', '--', address, 'HEAD'], { environment });
    expect(result.stdout, result.stderr).toContain(head);
  }
});

test('a hanging git process is killed together with its children', async () => {
  using world = openWorld();
  const startMarker = world.at('started');
  mkdirSync(world.at('bin'));
  writeFileSync(world.at('bin', 'git'), `#!/bin/sh\nsleep 600 &\ntouch '${startMarker}'\nwait\n`);
  chmodSync(world.at('bin', 'git'), 0o755);
  const controller = new AbortController();
  const environment = { PATH: `${world.at('bin')}:${process.env.PATH}` };
  const hanging = queryRemote(['ls-remote'], { environment, signal: controller.signal });
  await expect.poll(() => existsSync(startMarker)).toBe(true);
  controller.abort(new Error('cancelled'));
  // The children hold the output open, so that the promise settles only when all of them have exited.
  await expect(hanging).rejects.toThrow('cancelled');
});
