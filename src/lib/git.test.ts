import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureSampleShop } from '../daemon/sample-shop.ts';
import { askRemote, runGitOnOurs } from './git.ts';

/** A person whose environment, settings and repository would all change what git does. */
function openWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-git-'));
  const at = (...parts: string[]) => join(folder, ...parts);
  const theirs = at('theirs');
  const hooked = at('hook-ran');
  const git = (cwd: string, ...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words], {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  mkdirSync(theirs);
  git(theirs, 'init', '--quiet', '--initial-branch=trunk');
  git(theirs, 'commit', '--quiet', '--allow-empty', '-m', 'Begin');
  git(theirs, 'worktree', 'add', '--quiet', at('linked'));
  for (const name of ['pre-commit', 'commit-msg', 'post-checkout', 'reference-transaction']) {
    const hook = at('templates', 'hooks', name);
    mkdirSync(at('templates', 'hooks'), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\ntouch '${hooked}'\nexit 1\n`);
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
    GIT_SSH_COMMAND: `touch '${hooked}'`,
    GIT_TRACE: at('trace'),
    CURSOR_API_KEY: 'crsr_canary',
  };
  const theirState = () => ({
    branches: git(theirs, 'for-each-ref'),
    config: git(theirs, 'config', '--local', '--list'),
    status: git(at('linked'), 'status', '--porcelain=2'),
    hasHookRun: existsSync(hooked),
  });
  return {
    at,
    theirs,
    git,
    environment,
    theirState,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

test('the sample repository is the same for everybody, and that of the person stays as it is', async () => {
  using world = openWorld();
  const before = world.theirState();
  const path = await ensureSampleShop(world.at('home', 'cerevisor'), world.environment);
  expect(world.theirState()).toEqual(before);
  expect(before.hasHookRun).toBe(false);
  const plain = await ensureSampleShop(world.at('plain'), { PATH: process.env.PATH });
  const shown = ['log', '--format=%H %an <%ae> %s', 'main'];
  expect(world.git(path, ...shown)).toBe(world.git(plain, ...shown));
  expect(world.git(path, 'ls-tree', '-r', '--name-only', 'main')).toContain('README.md');
  expect(existsSync(join(path, 'hooks'))).toBe(false);
});

test('git in a folder of ours never climbs to a repository above it', async () => {
  using world = openWorld();
  const inside = join(world.theirs, 'cerevisor');
  mkdirSync(inside);
  const found = await runGitOnOurs(['rev-parse', '--git-dir'], { cwd: inside });
  expect(found.exitCode).not.toBe(0);
});

test('a remote repository is asked with the settings of the person, and no repository of theirs', async () => {
  using world = openWorld();
  const before = world.theirState();
  writeFileSync(
    world.at('home', '.gitconfig'),
    `[url "${world.theirs}"]\ninsteadOf = https://git.invalid/shop\n`,
  );
  const { GIT_CONFIG_GLOBAL: _, ...environment } = world.environment;
  const asked = await askRemote(['ls-remote', '--', 'https://git.invalid/shop', 'HEAD'], {
    environment,
  });
  expect(asked.stdout).toContain(world.git(world.theirs, 'rev-parse', 'HEAD'));
  expect(world.theirState()).toEqual(before);
  const shown = await askRemote(['config', '--list'], { environment });
  expect(shown.stdout).not.toMatch(/core\.(bare|hookspath)/);
});

test('settings of the person do not change how a repository on this machine is asked', async () => {
  using world = openWorld();
  writeFileSync(
    world.at('home', '.gitconfig'),
    '[url "https://git.invalid/"]\ninsteadOf = /\ninsteadOf = file:\n[transfer]\nhideRefs = HEAD\n',
  );
  const head = world.git(world.theirs, 'rev-parse', 'HEAD');
  for (const address of [world.theirs, `file://${world.theirs}`]) {
    const environment = { ...world.environment, GIT_CONFIG_GLOBAL: undefined };
    const asked = await askRemote(['ls-remote', '--', address, 'HEAD'], { environment });
    expect(asked.stdout, asked.stderr).toContain(head);
  }
});

test('a git that hangs is ended together with what it started', async () => {
  using world = openWorld();
  const noted = world.at('started');
  mkdirSync(world.at('bin'));
  writeFileSync(world.at('bin', 'git'), `#!/bin/sh\nsleep 600 &\ntouch '${noted}'\nwait\n`);
  chmodSync(world.at('bin', 'git'), 0o755);
  const controller = new AbortController();
  const environment = { PATH: `${world.at('bin')}:${process.env.PATH}` };
  const hanging = askRemote(['ls-remote'], { environment, signal: controller.signal });
  await expect.poll(() => existsSync(noted)).toBe(true);
  controller.abort(new Error('called off'));
  // What git started holds its output open: this settles only when all of them have ended.
  await expect(hanging).rejects.toThrow('called off');
});
