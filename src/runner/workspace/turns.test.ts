import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import type { Workspace, WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces } from './workspaces.ts';

async function openAgent(world: WorkingFolder, changes: Partial<WorkspaceRequest> = {}) {
  let waitedMs = 0;
  const workspaces = await openWorkspaces({
    home: world.home,
    environment: world.environment,
    sleep: async (ms) => {
      waitedMs += ms;
    },
  });
  const request = world.request(changes);
  const answer = await workspaces.prepareWorkspace(request, recordItems().calls);
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  const workspace = answer.value;
  return {
    workspaces,
    workspace,
    request,
    waitedMs: () => waitedMs,
    write: (name: string, text: string) => world.write(join(workspace.cwd, name), text),
    git: (...args: string[]) => world.git(workspace.cwd, ...args),
    commit: async (target: Workspace = workspace) => {
      const committed = await workspaces.commitTurn(target, 'Write the feature\n\nWith care.');
      if (!committed.ok) throw new Error(`${committed.error.code}: ${committed.error.message}`);
      return committed.value;
    },
  };
}

test('all files that are not ignored are committed at the end of a turn, with Cerevisor as the author', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('feature.ts', 'feature\n');
  agent.write('build/out.js', 'ignored\n');
  rmSync(join(agent.workspace.cwd, 'shop.ts'));
  const committed = await agent.commit();
  expect(committed?.changedFiles).toEqual(['feature.ts', 'shop.ts']);
  expect(committed?.commit).toBe(world.inProject('rev-parse', agent.workspace.branch ?? ''));
  const shown = world.inProject('log', '-1', '--format=%an|%cn|%B', committed?.commit ?? '');
  expect(shown).toBe('Cerevisor|Cerevisor|Write the feature\n\nWith care.');
  expect(agent.git('status', '--porcelain')).toBe('');
  expect(await agent.commit()).toBe(null);
  expect(world.hasHookRun()).toBe(false);
});

test("the agent's own commits count as the result of its turn", async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('one.ts', '1\n');
  agent.git('add', '--all');
  agent.git('commit', '--quiet', '-m', 'By the agent');
  const committed = await agent.commit();
  expect(committed?.commit).toBe(agent.git('rev-parse', 'HEAD'));
  expect(committed?.changedFiles).toEqual(['one.ts']);
});

test('work is committed even if the index stays locked', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('feature.ts', 'feature\n');
  const lock = join(world.project, '.git', 'worktrees', 'writer-1', 'index.lock');
  writeFileSync(lock, '');
  const committed = await agent.commit();
  expect(committed?.changedFiles).toEqual(['feature.ts']);
  expect(agent.waitedMs()).toBeGreaterThanOrEqual(10_000);
  expect(existsSync(lock)).toBe(true);
  rmSync(lock);
  expect(await agent.commit()).toBe(null);
  expect(agent.git('status', '--porcelain')).toBe('');
});

test('a worktree is back on its branch after the agent switched branches, detached HEAD or started a merge', async () => {
  using world = openWorkingFolder();
  world.inProject('branch', 'develop');
  const agent = await openAgent(world);
  const develop = world.inProject('rev-parse', 'develop');
  agent.git('switch', '--quiet', 'develop');
  agent.write('switched.ts', 'x\n');
  await agent.commit();
  expect(world.inProject('rev-parse', 'develop')).toBe(develop);
  expect(agent.git('branch', '--show-current')).toBe(agent.workspace.branch);

  agent.git('switch', '--quiet', '--detach');
  agent.write('detached.ts', 'x\n');
  await agent.commit();
  expect(agent.git('branch', '--show-current')).toBe(agent.workspace.branch);

  world.write(join(world.project, 'shop.ts'), 'theirs\n');
  world.inProject('commit', '--quiet', '-am', 'Theirs');
  agent.write('shop.ts', 'ours\n');
  await agent.commit();
  expect(() => agent.git('merge', '--quiet', 'main')).toThrow();
  agent.write('shop.ts', 'both\n');
  const merged = await agent.commit();
  expect(agent.git('log', '-1', '--format=%p').split(' ')).toHaveLength(2);
  expect(merged?.changedFiles).toEqual(['shop.ts']);
  expect(agent.git('status', '--porcelain')).toBe('');
  expect(agent.git('status')).not.toContain('merg');
});

test('work on a deleted branch or with an unrelated history is attached to the base', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  const branch = agent.workspace.branch ?? '';
  const base = agent.workspace.baseCommit ?? '';
  const buildsOnBase = () => world.inProject('merge-base', base, branch) === base;
  world.inProject('update-ref', '-d', `refs/heads/${branch}`);
  agent.write('feature.ts', 'feature\n');
  const first = await agent.commit();
  expect(first?.changedFiles).toEqual(['feature.ts']);
  expect(buildsOnBase()).toBe(true);

  agent.git('switch', '--quiet', '--orphan', 'afresh');
  agent.write('afresh.ts', 'afresh\n');
  agent.git('add', '--all');
  agent.git('commit', '--quiet', '-m', 'By the agent');
  const own = agent.git('rev-parse', 'HEAD');
  const second = await agent.commit();
  expect(buildsOnBase()).toBe(true);
  expect(world.inProject('rev-list', branch).split('\n')).toContain(own);
  expect(second?.changedFiles).toContain('shop.ts');
  expect(agent.git('ls-files')).toBe('afresh.ts');
  expect(await agent.commit()).toBe(null);
});

test('commits that the agent rewrote stay reachable', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('one.ts', '1\n');
  const first = await agent.commit();
  agent.git('reset', '--quiet', '--hard', 'HEAD~1');
  agent.write('two.ts', '2\n');
  const second = await agent.commit();
  expect(second?.changedFiles).toEqual(['one.ts', 'two.ts']);
  const kept = world.inProject('for-each-ref', '--format=%(objectname)', 'refs/cerevisor/');
  expect(kept.split('\n')).toContain(first?.commit);
});

test("the user's line ending settings and filters apply in both directions", async () => {
  using world = openWorkingFolder();
  world.inProject('config', 'core.autocrlf', 'true');
  world.inProject('config', 'filter.shout.clean', 'tr A-Z a-z');
  world.inProject('config', 'filter.shout.smudge', 'tr a-z A-Z');
  world.write(join(world.project, '.gitattributes'), '*.shout filter=shout\n');
  world.write(join(world.project, 'words.shout'), 'HELLO\r\n');
  const agent = await openAgent(world);
  const read = (name: string) => readFileSync(join(agent.workspace.cwd, name), 'utf8');
  expect(read('words.shout')).toBe('HELLO\r\n');
  expect(read('shop.ts')).toBe('export const open = true;\r\n');
  agent.write('words.shout', 'HELLO WORLD\r\n');
  const committed = await agent.commit();
  expect(committed?.changedFiles).toEqual(['words.shout']);
  expect(world.inProject('show', `${committed?.commit}:words.shout`)).toBe('hello world');
});

test('a removed worktree is restored at the same path for a follow-up', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, '.env'), 'KEY=1\n');
  const agent = await openAgent(world, { copy: ['.env'], setup: ['echo x >> build.secret'] });
  agent.write('feature.ts', 'feature\n');
  await agent.commit();
  expect(await agent.workspaces.removeWorktree(agent.workspace)).toMatchObject({ ok: true });
  expect(existsSync(agent.workspace.cwd)).toBe(false);
  expect(world.inProject('worktree', 'list').split('\n')).toHaveLength(1);
  const { request, workspace } = agent;
  const again = await agent.workspaces.recreateWorkspace(request, workspace, recordItems().calls);
  expect(again).toMatchObject({
    ok: true,
    value: { cwd: workspace.cwd, branch: workspace.branch },
  });
  for (const name of ['feature.ts', '.env', 'build.secret'])
    expect(existsSync(join(workspace.cwd, name)), name).toBe(true);
});

test('a deleted worktree is restored, even if its branch and its record are gone', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('feature.ts', 'feature\n');
  const committed = await agent.commit();
  const { request, workspace } = agent;
  rmSync(workspace.cwd, { recursive: true });
  world.inProject('worktree', 'prune');
  world.inProject('branch', '--quiet', '-D', workspace.branch ?? '');
  const first = await agent.workspaces.recreateWorkspace(request, workspace, recordItems().calls);
  expect(first).toMatchObject({ ok: true, value: { branch: workspace.branch } });
  expect(agent.git('rev-parse', 'HEAD')).toBe(committed?.commit);

  rmSync(workspace.cwd, { recursive: true });
  rmSync(join(world.home, 'local-runs'), { recursive: true });
  const second = await agent.workspaces.recreateWorkspace(request, workspace, recordItems().calls);
  expect(second.ok && second.value.cwd).toBe(workspace.cwd);
  expect(agent.git('rev-parse', 'HEAD')).toBe(committed?.commit);
});

test('a worktree that lost its connection to the repository keeps its files and is reconnected', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('never-committed.ts', 'x\n');
  const { request, workspace } = agent;
  rmSync(join(workspace.cwd, '.git'));
  const first = await agent.workspaces.prepareWorkspace(request, recordItems().calls);
  expect(first.ok).toBe(true);
  expect(existsSync(join(workspace.cwd, 'never-committed.ts'))).toBe(true);
  // As left by `git worktree prune` while the disk of the home was not mounted.
  rmSync(join(world.project, '.git', 'worktrees'), { recursive: true });
  const second = await agent.workspaces.prepareWorkspace(request, recordItems().calls);
  expect(second.ok).toBe(true);
  expect((await agent.commit())?.changedFiles).toEqual(['never-committed.ts']);
});

test('a worktree with work that no branch contains is never removed', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  const remove = () => agent.workspaces.removeWorktree(agent.workspace);
  const refused = { ok: false, error: { code: 'worktree_has_work' } };
  agent.write('new.ts', 'x\n');
  expect(await remove()).toMatchObject(refused);
  agent.git('add', '--all');
  agent.git('commit', '--quiet', '-m', 'On its branch');
  agent.git('switch', '--quiet', '--detach');
  agent.write('detached.ts', 'x\n');
  agent.git('add', '--all');
  agent.git('commit', '--quiet', '-m', 'On no branch');
  expect(await remove()).toMatchObject(refused);
  expect(existsSync(join(agent.workspace.cwd, 'detached.ts'))).toBe(true);
  const lost = agent.git('rev-parse', 'HEAD');
  agent.git('switch', '--quiet', agent.workspace.branch ?? '');
  expect(await remove()).toMatchObject({ ok: true });
  // Abandoned by the agent, but still reachable.
  expect(world.inProject('for-each-ref', '--format=%(objectname)', 'refs/cerevisor')).toContain(
    lost,
  );
});

test('clean-up removes only old and dismissed worktrees that are not in use', async () => {
  using world = openWorkingFolder();
  let now = Date.parse('2026-01-01');
  const workspaces = await openWorkspaces({
    home: world.home,
    environment: world.environment,
    now: () => now,
  });
  const prepare = async (changes: Partial<WorkspaceRequest>) => {
    const answer = await workspaces.prepareWorkspace(world.request(changes), recordItems().calls);
    if (!answer.ok) throw new Error(answer.error.message);
    return answer.value;
  };
  const theirs = world.at('their-worktree');
  world.inProject('worktree', 'add', '--quiet', '--detach', theirs);
  rmSync(theirs, { recursive: true });
  const old = await prepare({ agentName: 'Old' });
  const dirty = await prepare({ agentName: 'Dirty' });
  world.write(join(dirty.cwd, 'work.ts'), 'x\n');
  const busy = await prepare({ agentName: 'Busy' });
  now += 8 * 24 * 60 * 60 * 1000;
  const fresh = await prepare({ agentName: 'Fresh' });
  const dismissed = await prepare({
    agentName: 'Gone',
    sessionId: 's_gone',
    sessionPrefix: 's_gone',
  });
  const report = await workspaces.cleanUp({
    isDismissed: (sessionId) => sessionId === 's_gone',
    isInUse: (cwd) => cwd === busy.cwd,
  });
  expect([...report.removed].sort()).toEqual([dismissed.cwd, old.cwd].sort());
  expect(report.kept).toMatchObject([{ worktree: dirty.cwd }]);
  for (const { cwd } of [dirty, busy, fresh]) expect(existsSync(cwd)).toBe(true);
  expect(world.inProject('branch', '--list', old.branch ?? '')).not.toBe('');
  expect(world.inProject('for-each-ref', 'refs/cerevisor/s_gone')).toBe('');
  // Old records are deleted, but not the branches.
  now += 60 * 24 * 60 * 60 * 1000;
  await workspaces.cleanUp({ isInUse: (cwd) => cwd === dirty.cwd });
  expect(existsSync(dirty.cwd)).toBe(true);
  expect(existsSync(busy.cwd)).toBe(false);
  expect(world.inProject('branch', '--list', busy.branch ?? '')).not.toBe('');
  // The user's own worktree, whose folder is missing.
  expect(world.inProject('worktree', 'list')).toContain(theirs);
});

test('a worktree without its `.git` file is never committed to a repository around the home', async () => {
  using world = openWorkingFolder();
  world.git(world.at(), 'init', '--quiet');
  const agent = await openAgent(world);
  agent.write('feature.ts', 'feature\n');
  rmSync(join(agent.workspace.cwd, '.git'));
  const committed = await agent.commit();
  expect(committed?.changedFiles).toEqual(['feature.ts']);
  expect(world.inProject('rev-parse', agent.workspace.branch ?? '')).toBe(committed?.commit);
  expect(world.git(world.at(), 'for-each-ref')).toBe('');
});

test('a nested repository is reported, because it cannot be committed', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('inner/file.ts', 'x\n');
  world.git(join(agent.workspace.cwd, 'inner'), 'init', '--quiet');
  agent.write('outer.ts', 'x\n');
  const committed = await agent.commit();
  expect(committed?.changedFiles).toEqual(['outer.ts']);
  expect(committed?.notices?.join()).toContain('"inner/"');
  expect(await agent.workspaces.removeWorktree(agent.workspace)).toMatchObject({ ok: false });
});

test('changes that cannot be committed are reported, even if there are no others', async () => {
  using world = openWorkingFolder();
  const agent = await openAgent(world);
  agent.write('inner/file.ts', 'x\n');
  world.git(join(agent.workspace.cwd, 'inner'), 'init', '--quiet');
  const committed = await agent.commit();
  expect(committed).toMatchObject({ commit: agent.workspace.baseCommit, changedFiles: [] });
  expect(committed?.notices?.join()).toContain('"inner/"');
});
