import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { checkOut } from './checkout.ts';
import { git } from './command.ts';
import { MirrorCache } from './mirror.ts';
import { commitAll, push } from './publish.ts';
import { listRemoteRefs } from './remote.ts';

let folder = '';
const at = (...parts: string[]) => join(folder, ...parts);
const plainGit = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b.c', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsal-git-'));
  for (const name of ['theirs', 'remote']) {
    mkdirSync(at(name));
    plainGit(at(name), 'init', '--quiet', '--initial-branch=main');
    plainGit(at(name), 'commit', '--quiet', '--allow-empty', '-m', `Begin ${name}`);
  }
  for (const name of ['pre-commit', 'pre-push', 'post-checkout', 'pre-merge-commit']) {
    mkdirSync(at('templates', 'hooks'), { recursive: true });
    writeFileSync(at('templates', 'hooks', name), `#!/bin/sh\ntouch '${at('hook-ran')}'\nexit 1\n`);
    chmodSync(at('templates', 'hooks', name), 0o755);
  }
  mkdirSync(at('home', '.config', 'git'), { recursive: true });
  writeFileSync(at('home', '.config', 'git', 'ignore'), '*.md\n');
  writeFileSync(
    at('home', '.gitconfig'),
    `[init]\ntemplateDir = ${at('templates')}
[core]\nhooksPath = ${at('templates', 'hooks')}
[commit]\ngpgSign = true\n[push]\ngpgSign = true\nfollowTags = true
[merge]\nff = only\n[gpg]\nprogram = false
[url "${at('remote')}"]\ninsteadOf = https://git.invalid/shop\n`,
  );
  const variables = {
    HOME: at('home'),
    XDG_CONFIG_HOME: at('home', '.config'),
    GIT_DIR: at('theirs', '.git'),
    GIT_WORK_TREE: at('theirs'),
    GIT_INDEX_FILE: at('theirs', '.git', 'index'),
    GIT_TEMPLATE_DIR: at('templates'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.bare',
    GIT_CONFIG_VALUE_0: 'true',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  for (const name of ['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_NOSYSTEM']) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("clones, commits and pushes with the user's access settings and no others", async () => {
  const location = 'https://git.invalid/shop';
  const snapshot = () =>
    ['for-each-ref', 'config --local --list', 'status --porcelain'].map((args) =>
      plainGit(at('theirs'), ...args.split(' ')),
    );
  const before = snapshot();
  const refs = await listRemoteRefs(location, { cwd: folder });
  expect(refs.defaultBranch).toBe('main');
  const mirror = await new MirrorCache(at('mirrors')).refresh(location, 'main');
  const cwd = at('work');
  const checkout = { location, mirror, folder: cwd, baseRef: 'main', workBranch: 'cursor/work' };
  await checkOut(checkout);
  writeFileSync(join(cwd, 'NOTES.md'), 'Notes\n');
  await commitAll('Take notes', { cwd });
  await git(['tag', '-a', '-m', 'Tag', 'v1'], { cwd });
  await push(location, 'cursor/work', { cwd });
  expect(plainGit(at('remote'), 'ls-tree', '--name-only', 'cursor/work')).toBe('NOTES.md');
  expect(plainGit(at('remote'), 'log', '-1', '--format=%an %s', 'cursor/work')).toBe(
    'Rehearsal Agent Take notes',
  );
  expect(plainGit(at('remote'), 'tag')).toBe('');
  expect(snapshot()).toEqual(before);
  expect(existsSync(at('hook-ran'))).toBe(false);
});

it('ignores all settings of the user if both repositories are local', async () => {
  mkdirSync(at('refusing'));
  for (const name of ['pre-receive', 'update', 'post-update', 'reference-transaction']) {
    writeFileSync(at('refusing', name), `#!/bin/sh\ntouch '${at('hook-ran')}'\nexit 1\n`);
    chmodSync(at('refusing', name), 0o755);
  }
  const settings = `[core]\nhooksPath = ${at('refusing')}\n[safe]\nbareRepository = explicit
[push]\npushOption = theirs\n[receive]\ndenyCurrentBranch = refuse\nfsckObjects = true
[transfer]\nhideRefs = refs/heads\n[url "https://git.invalid/"]\ninsteadOf = /\n`;
  writeFileSync(at('home', '.gitconfig'), settings);
  writeFileSync(at('home', '.config', 'git', 'config'), settings);
  vi.stubEnv('GIT_CONFIG_SYSTEM', at('home', '.gitconfig'));
  const location = at('bare.git');
  plainGit(folder, 'clone', '--quiet', '--bare', at('remote'), location);
  expect((await listRemoteRefs(location, { cwd: folder })).defaultBranch).toBe('main');
  const mirrors = new MirrorCache(at('mirrors'));
  const mirror = await mirrors.refresh(location, 'main');
  const cwd = at('work');
  await checkOut({ location, mirror, folder: cwd, baseRef: 'main', workBranch: 'cursor/work' });
  writeFileSync(join(cwd, 'NOTES.md'), 'Notes\n');
  await commitAll('Take notes', { cwd });
  await push(location, 'cursor/work', { cwd });
  await push(`file://${location}`, 'cursor/again', { cwd });
  await mirrors.refresh(location, 'cursor/work');
  expect(plainGit(location, 'ls-tree', '--name-only', 'cursor/work')).toBe('NOTES.md');
  expect(existsSync(at('hook-ran'))).toBe(false);
});

it('reads only the access settings of the user for a remote repository', async () => {
  writeFileSync(at('home', 'reach'), '[credential "https://git.invalid"]\nhelper = theirs\n');
  writeFileSync(
    at('home', '.gitconfig'),
    `[core]\nhooksPath = ${at('templates', 'hooks')}\nsshCommand = their-ssh
[push]\npushOption = theirs\n[safe]\nbareRepository = explicit
[http]\nproxy = http://proxy.invalid:3128\nsslVerify
[url "${at('remote')}"]\ninsteadOf = https://git.invalid/shop\n[include]\npath = reach\n`,
  );
  const listed = await git(['config', '--list', '-z'], {
    cwd: folder,
    remote: 'https://git.invalid/shop',
  });
  const values = new Map(listed.split('\0').map((line) => line.split('\n') as [string, string]));
  expect(Object.fromEntries(values)).toMatchObject({
    'core.sshcommand': 'their-ssh',
    'http.proxy': 'http://proxy.invalid:3128',
    'http.sslverify': 'true',
    'credential.https://git.invalid.helper': 'theirs',
    'core.hookspath': '/dev/null',
  });
  expect(values.has('push.pushoption')).toBe(false);
  expect(values.has('safe.barerepository')).toBe(false);
  const local = await git(['config', '--list'], { cwd: folder, remote: at('remote') });
  expect(local).not.toMatch(/proxy|credential|insteadof/);
});
