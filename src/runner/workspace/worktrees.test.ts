import { existsSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import type { WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces } from './workspaces.ts';

async function prepared(world: WorkingFolder, changes: Partial<WorkspaceRequest> = {}) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(world.request(changes), recordItems().calls);
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return { workspaces, workspace: answer.value };
}

test("an attempt gets a worktree with its own branch, and the user's folder stays unchanged", async () => {
  using world = openWorkingFolder();
  const before = world.userState();
  const { workspace } = await prepared(world);
  expect(workspace.cwd).toBe(join(world.home, 'worktrees', 's-012345', 'writer-1'));
  expect(workspace.branch).toMatch(/^cerevisor\/feature-in-waves-writer-[0-9a-f]{8}$/);
  expect(workspace.repositoryRoot).toBe(world.project);
  expect(workspace.baseCommit).toBe(world.inProject('rev-parse', 'HEAD'));
  expect(workspace.snapshotCommit).toBe(null);
  expect(readFileSync(join(workspace.cwd, 'shop.ts'), 'utf8')).toBe('export const open = true;\n');
  expect(world.git(workspace.cwd, 'branch', '--show-current')).toBe(workspace.branch);
  expect(world.userState()).toEqual(before);
  expect(before.hasHookRun).toBe(false);
});

test('a change of the same size in the same second as the last commit is included', async () => {
  using world = openWorkingFolder();
  // A real test of one second would depend on the clock: without the times of inodes, the set times decide.
  world.inProject('config', 'core.trustctime', 'false');
  const path = join(world.project, 'shop.ts');
  const writeAt = (content: string) => {
    writeFileSync(path, content);
    utimesSync(path, 1_700_000_000, 1_700_000_000);
  };
  writeAt('one\n');
  world.inProject('commit', '--quiet', '--all', '-m', 'One');
  writeAt('two\n');
  utimesSync(join(world.project, '.git', 'index'), 1_700_000_000, 1_700_000_000);
  const { workspace } = await prepared(world);
  expect(readFileSync(join(workspace.cwd, 'shop.ts'), 'utf8')).toBe('two\n');
});

test('uncommitted changes are included from one snapshot for all agents of the session', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'src', 'cart.ts'), 'one\n2\nthree\n');
  world.write(join(world.project, 'staged.ts'), 'staged\n');
  world.inProject('add', 'staged.ts');
  world.write(join(world.project, 'staged.ts'), 'staged, then changed\n');
  world.write(join(world.project, 'new folder', 'näme\n.ts'), 'new\n');
  world.write(join(world.project, '.env'), 'KEY=1\n');
  world.inProject('rm', '--quiet', '--cached', 'shop.ts');
  const before = world.userState();
  const { workspaces, workspace } = await prepared(world);
  expect(readFileSync(join(workspace.cwd, 'src', 'cart.ts'), 'utf8')).toBe('one\n2\nthree\n');
  expect(readFileSync(join(workspace.cwd, 'staged.ts'), 'utf8')).toBe('staged, then changed\n');
  expect(existsSync(join(workspace.cwd, 'new folder', 'näme\n.ts'))).toBe(true);
  expect(existsSync(join(workspace.cwd, 'shop.ts'))).toBe(true);
  expect(existsSync(join(workspace.cwd, '.env'))).toBe(false);
  expect(world.userState()).toEqual(before);
  expect(workspace.snapshotCommit).toBe(workspace.baseCommit);
  expect(workspace.headCommit).toBe(world.inProject('rev-parse', 'HEAD'));
  expect(workspace.notices.join()).toContain('(3 files)');

  world.write(join(world.project, 'later.ts'), 'written after the session began\n');
  const second = await workspaces.prepareWorkspace(
    world.request({ agentName: 'Reader' }),
    recordItems().calls,
  );
  expect(second.ok && second.value.baseCommit).toBe(workspace.baseCommit);
  expect(second.ok && second.value.notices).toEqual(workspace.notices);
});

test('agents that start at the same time share one snapshot', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'new.ts'), 'new\n');
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((agentId) =>
      workspaces.prepareWorkspace(world.request({ agentId }), recordItems().calls),
    ),
  );
  const results = answers.map((answer) => (answer.ok ? answer.value : null));
  expect(new Set(results.map((each) => each?.snapshotCommit)).size).toBe(1);
  // They have the same name, but separate folders and branches.
  expect(new Set(results.map((each) => each?.cwd)).size).toBe(4);
  expect(new Set(results.map((each) => each?.branch)).size).toBe(4);
});

test('uncommitted changes can be left out', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'shop.ts'), 'changed\n');
  const { workspace } = await prepared(world, { carryUncommitted: false });
  expect(readFileSync(join(workspace.cwd, 'shop.ts'), 'utf8')).toBe('export const open = true;\n');
  expect(workspace.snapshotCommit).toBe(null);
});

test('files that exceed the size limit of the snapshot are left out and reported', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'film.mov'), Buffer.alloc(3_000));
  world.write(join(world.project, 'notes.md'), 'small\n');
  const { workspace } = await prepared(world, { sizeCapBytes: 2_000 });
  expect(existsSync(join(workspace.cwd, 'film.mov'))).toBe(false);
  expect(existsSync(join(workspace.cwd, 'notes.md'))).toBe(true);
  expect(workspace.notices.join()).toContain('too large in total: "film.mov"');
});

test('a repeated request returns the same folder with the work in it', async () => {
  using world = openWorkingFolder();
  const { workspace } = await prepared(world, { setup: ['echo once >> ran.txt'] });
  writeFileSync(join(workspace.cwd, 'work.ts'), 'not committed yet\n');
  const again = await prepared(world, { setup: ['echo once >> ran.txt'] });
  expect(again.workspace).toEqual(workspace);
  expect(readFileSync(join(workspace.cwd, 'work.ts'), 'utf8')).toBe('not committed yet\n');
  expect(readFileSync(join(workspace.cwd, 'ran.txt'), 'utf8')).toBe('once\n');
});

test("a workflow's folder inside a repository is the same folder inside the worktree", async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'packages', 'shop', 'build', 'x'), 'ignored');
  const { workspace } = await prepared(world, { folder: join(world.project, 'packages', 'shop') });
  expect(workspace.cwd).toBe(
    join(world.home, 'worktrees', 's-012345', 'writer-1', 'packages', 'shop'),
  );
  expect(existsSync(workspace.cwd)).toBe(true);
});

test('works in a repository without a commit, and in a bare one', async () => {
  using world = openWorkingFolder();
  const empty = world.at('empty');
  world.write(join(empty, 'idea.md'), 'idea\n');
  world.git(empty, 'init', '--quiet');
  const first = await prepared(world, { folder: empty });
  expect(readFileSync(join(first.workspace.cwd, 'idea.md'), 'utf8')).toBe('idea\n');
  expect(first.workspace.headCommit).toBe(null);

  world.git(world.at(), 'clone', '--quiet', '--bare', world.project, world.at('bare.git'));
  const second = await prepared(world, {
    folder: world.at('bare.git'),
    sessionId: 's_2',
    attempt: 2,
  });
  expect(existsSync(join(second.workspace.cwd, 'shop.ts'))).toBe(true);
});

test('files whose names are not UTF-8 are included', async () => {
  using world = openWorkingFolder();
  const name = Buffer.concat([
    Buffer.from(`${world.project}/caf`),
    Buffer.from([0xe9]),
    Buffer.from('.txt'),
  ]);
  writeFileSync(name, 'latin\n');
  const { workspace } = await prepared(world);
  const listed = world.git(workspace.cwd, 'ls-files');
  expect(listed).toContain('caf\\351.txt');
});

test('nested repositories and a home inside the repository are left out, and links are kept', async () => {
  using world = openWorkingFolder();
  symlinkSync('/etc/hostname', join(world.project, 'link'));
  world.write(join(world.project, 'vendor', 'own', 'file.ts'), 'theirs\n');
  world.git(join(world.project, 'vendor', 'own'), 'init', '--quiet');
  const home = join(world.project, 'cerevisor-home');
  world.write(join(home, 'journal.db'), 'secret');
  const workspaces = await openWorkspaces({ home, environment: world.environment });
  const answer = await workspaces.prepareWorkspace(world.request(), recordItems().calls);
  if (!answer.ok) throw new Error(answer.error.message);
  const listed = world.git(answer.value.cwd, 'ls-files').split('\n');
  expect(listed).toContain('link');
  expect(listed.filter((name) => /journal|own/.test(name))).toEqual([]);
  expect(answer.value.notices.join()).toContain('separate repositories: "vendor/own/"');
});
