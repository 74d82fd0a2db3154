import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import type { WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces } from './workspaces.ts';

async function prepare(world: WorkingFolder, changes: Partial<WorkspaceRequest> = {}) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(world.request(changes), recordItems().calls);
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** A git that kills itself, like a crash of the machine, when its arguments contain `when`. */
function gitThatDies(world: WorkingFolder, when: string) {
  const git = world.environment.PATH?.split(':')
    .map((folder) => join(folder, 'git'))
    .find(existsSync);
  world.write(
    world.at('bin', 'git'),
    `#!/bin/sh\ncase "$*" in\n*'${when}'*) [ -e '${world.at('died')}' ] || { touch '${world.at('died')}'; ${git} "$@" & pid=$!; sleep 0.05; kill -9 $pid; kill -9 $$; };;\nesac\nexec ${git} "$@"\n`,
  );
  chmodSync(world.at('bin', 'git'), 0o755);
  return { ...world.environment, PATH: `${world.at('bin')}:${world.environment.PATH}` };
}

for (const when of ['worktree add', 'update-ref --stdin', 'write-tree', 'commit-tree']) {
  test(`a start that dies in the middle of \`git ${when}\` is completed by the next one`, async () => {
    using world = openWorkingFolder();
    world.write(join(world.project, 'new.ts'), 'new\n');
    const before = world.userState();
    const environment = gitThatDies(world, when);
    const first = await openWorkspaces({ home: world.home, environment });
    expect((await first.prepareWorkspace(world.request(), recordItems().calls)).ok).toBe(false);
    const workspace = await prepare(world);
    expect(workspace.cwd).toBe(join(world.home, 'worktrees', 's-012345', 'writer-1'));
    expect(world.git(workspace.cwd, 'status', '--porcelain')).toBe('');
    expect(existsSync(join(workspace.cwd, 'new.ts'))).toBe(true);
    expect(world.userState()).toEqual(before);
  });
}

test('a worktree whose creation was interrupted is created again', async () => {
  using world = openWorkingFolder();
  const workspace = await prepare(world);
  const folder = join(world.home, 'local-runs', 'workspaces');
  const [name = ''] = readdirSync(folder);
  const record = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  writeFileSync(join(folder, name), JSON.stringify({ ...record, state: 'creating' }));
  writeFileSync(join(workspace.cwd, 'half.ts'), 'half a checkout\n');
  // Git holds this lock while it creates a worktree.
  writeFileSync(join(world.project, '.git', 'worktrees', 'writer-1', 'locked'), 'initializing');
  const again = await prepare(world);
  expect(again).toEqual(workspace);
  expect(existsSync(join(again.cwd, 'half.ts'))).toBe(false);
});

test("a locked index of the user's repository does not matter", async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'shop.ts'), 'changed\n');
  writeFileSync(join(world.project, '.git', 'index.lock'), '');
  const workspace = await prepare(world);
  expect(readFileSync(join(workspace.cwd, 'shop.ts'), 'utf8')).toBe('changed\n');
  expect(existsSync(join(world.project, '.git', 'index.lock'))).toBe(true);
});

test('an existing folder with the name of the worktree is not touched', async () => {
  using world = openWorkingFolder();
  const path = join(world.home, 'worktrees', 's-012345', 'writer-1');
  world.write(join(path, 'theirs.txt'), 'theirs\n');
  const workspace = await prepare(world);
  expect(workspace.cwd).toMatch(/writer-1-[0-9a-f]{4}$/);
  expect(readFileSync(join(path, 'theirs.txt'), 'utf8')).toBe('theirs\n');
});

test('an existing branch with the name of the new one is not touched', async () => {
  using first = openWorkingFolder();
  const name = (await prepare(first)).branch ?? '';
  using world = openWorkingFolder();
  world.inProject('branch', name);
  const before = world.inProject('rev-parse', name);
  const workspace = await prepare(world);
  expect(workspace.branch).toBe(`${name}-2`);
  expect(workspace.notices.join()).toContain(`${name} was already taken`);
  expect(world.inProject('rev-parse', name)).toBe(before);
});

test('a branch named `cerevisor` does not prevent the creation of branches', async () => {
  using world = openWorkingFolder();
  world.inProject('branch', 'cerevisor');
  const workspace = await prepare(world);
  expect(workspace.branch).toMatch(/^cerevisor-feature-in-waves-writer-/);
});

test("the user's unfinished merge is part of the snapshot", async () => {
  using world = openWorkingFolder();
  world.inProject('switch', '--quiet', '--create', 'side');
  world.write(join(world.project, 'shop.ts'), 'side\n');
  world.inProject('commit', '--quiet', '-am', 'Side');
  world.inProject('switch', '--quiet', 'main');
  world.write(join(world.project, 'shop.ts'), 'main\n');
  world.inProject('commit', '--quiet', '-am', 'Main');
  expect(() => world.inProject('merge', '--quiet', 'side')).toThrow();
  const before = world.userState();
  const workspace = await prepare(world);
  expect(readFileSync(join(workspace.cwd, 'shop.ts'), 'utf8')).toContain('<<<<<<<');
  expect(world.userState()).toEqual(before);
  expect(existsSync(join(world.project, '.git', 'MERGE_HEAD'))).toBe(true);
});

test('works in a repository that is itself a linked worktree', async () => {
  using world = openWorkingFolder();
  const linked = world.at('linked');
  world.inProject('worktree', 'add', '--quiet', '-b', 'linked', linked);
  world.write(join(linked, 'new.ts'), 'new\n');
  const workspace = await prepare(world, { folder: linked });
  expect(existsSync(join(workspace.cwd, 'new.ts'))).toBe(true);
  expect(workspace.repositoryRoot).toBe(linked);
});

test('a folder that its outer repository ignores counts as a folder without git', async () => {
  using world = openWorkingFolder();
  const inside = join(world.project, 'build', 'own');
  mkdirSync(inside, { recursive: true });
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(
    world.request({ folder: inside }),
    recordItems().calls,
  );
  expect(answer).toMatchObject({ ok: false, error: { code: 'folder_without_git' } });
});

test('works in a repository that is a submodule of another one', async () => {
  using world = openWorkingFolder();
  const outer = world.at('outer');
  mkdirSync(outer);
  world.git(outer, 'init', '--quiet');
  const allow = ['-c', 'protocol.file.allow=always'];
  world.git(outer, ...allow, 'submodule', '--quiet', 'add', world.project, 'inner');
  world.write(join(outer, 'inner', 'new.ts'), 'new\n');
  const workspace = await prepare(world, { folder: join(outer, 'inner') });
  expect(existsSync(join(workspace.cwd, 'new.ts'))).toBe(true);
  expect(world.git(workspace.cwd, 'rev-parse', '--show-toplevel')).toBe(workspace.cwd);
  expect(world.git(join(outer, 'inner'), 'status', '--porcelain')).toBe('?? new.ts');
});

test('files outside a sparse checkout do not count as deleted', async () => {
  using world = openWorkingFolder();
  world.inProject('sparse-checkout', 'set', '--cone', 'packages');
  expect(existsSync(join(world.project, 'src'))).toBe(false);
  world.write(join(world.project, 'packages', 'new.ts'), 'new\n');
  const workspace = await prepare(world);
  expect(world.git(workspace.cwd, 'ls-tree', '-r', '--name-only', 'HEAD')).toContain('src/cart.ts');
  expect(existsSync(join(workspace.cwd, 'packages', 'new.ts'))).toBe(true);
});

test('deleted files, and a folder that was replaced by a file, are part of the snapshot', async () => {
  using world = openWorkingFolder();
  rmSync(join(world.project, 'src'), { recursive: true });
  world.write(join(world.project, 'src'), 'a file now\n');
  const workspace = await prepare(world);
  expect(readFileSync(join(workspace.cwd, 'src'), 'utf8')).toBe('a file now\n');
});

test('a failed checkout leaves nothing behind and reports the reason', async () => {
  using world = openWorkingFolder();
  world.inProject('config', 'filter.broken.smudge', 'false');
  world.inProject('config', 'filter.broken.clean', 'cat');
  world.inProject('config', 'filter.broken.required', 'true');
  world.write(join(world.project, '.gitattributes'), '*.big filter=broken\n');
  world.write(join(world.project, 'film.big'), 'x\n');
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(world.request(), recordItems().calls);
  expect(answer).toMatchObject({ ok: false, error: { code: 'git_failed' } });
  expect(answer.ok ? '' : answer.error.message).toContain('film.big');
  expect(world.inProject('worktree', 'list').split('\n')).toHaveLength(1);
  expect(world.inProject('branch', '--list', 'cerevisor/*')).toBe('');
});

test('a worktree that the user locked is kept, and the suggestion contains the command to unlock it', async () => {
  using world = openWorkingFolder();
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const workspace = await prepare(world);
  world.inProject('worktree', 'lock', '--reason', 'I look at it', workspace.cwd);
  expect(await workspaces.removeWorktree(workspace)).toMatchObject({
    ok: false,
    error: {
      code: 'worktree_locked',
      message: expect.stringContaining('with the reason "I look at it"'),
      suggestion: expect.stringContaining('worktree unlock'),
    },
  });
  expect(existsSync(workspace.cwd)).toBe(true);
  world.inProject('worktree', 'unlock', workspace.cwd);
  expect(await workspaces.removeWorktree(workspace)).toMatchObject({ ok: true });
});

test('a filter of the repository whose program is missing is named, with what to install', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, '.gitattributes'), '*.bin filter=lfs\n');
  world.write(join(world.project, 'big.bin'), 'pointer\n');
  world.inProject('add', '--all');
  world.inProject('commit', '--quiet', '-m', 'Large files');
  world.inProject('config', 'filter.lfs.required', 'true');
  for (const name of ['clean', 'smudge'])
    world.inProject('config', `filter.lfs.${name}`, `no-such-lfs ${name}`);
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(world.request(), recordItems().calls);
  expect(answer).toMatchObject({
    ok: false,
    error: {
      code: 'git_failed',
      message: expect.stringContaining('big.bin'),
      suggestion: expect.stringContaining('Git LFS'),
    },
  });
  // Nothing is left behind.
  expect(world.inProject('branch', '--list', 'cerevisor/*')).toBe('');
  expect(world.inProject('worktree', 'list').split('\n')).toHaveLength(1);
});
