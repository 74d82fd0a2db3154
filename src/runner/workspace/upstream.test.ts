import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import type { Workspace, WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces } from './workspaces.ts';

async function openAgents(world: WorkingFolder) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const prepare = async (agentName: string, changes: Partial<WorkspaceRequest> = {}) => {
    const answer = await workspaces.prepareWorkspace(
      world.request({ agentName, ...changes }),
      recordItems().calls,
    );
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
    return answer.value;
  };
  /** An agent that writes files and ends its turn. */
  const work = async (agentName: string, files: Record<string, string>) => {
    const workspace = await prepare(agentName);
    for (const [name, text] of Object.entries(files)) world.write(join(workspace.cwd, name), text);
    const committed = await workspaces.commitTurn(workspace, `What ${agentName} did`);
    if (!committed.ok || committed.value === null) throw new Error('nothing was committed');
    return baseOf(agentName, workspace, committed.value.commit);
  };
  return { workspaces, prepare, work };
}

const baseOf = (agentName: string, { branch }: Workspace, commit?: string) => ({
  agentName,
  branch: branch ?? '',
  ...(commit !== undefined && { commit }),
});

test('an agent starts from the branch of its upstream agent', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'uncommitted.ts'), 'of the person\n');
  const { prepare, work } = await openAgents(world);
  const upstream = await work('Writer', { 'feature.ts': 'feature\n' });
  const workspace = await prepare('Reader', { bases: [upstream] });
  expect(readFileSync(join(workspace.cwd, 'feature.ts'), 'utf8')).toBe('feature\n');
  expect(existsSync(join(workspace.cwd, 'uncommitted.ts'))).toBe(true);
  expect(workspace.baseCommit).toBe(upstream.commit);
});

test('the branches of several upstream agents are merged', async () => {
  using world = openWorkingFolder();
  const { prepare, work } = await openAgents(world);
  const bases = [
    await work('A', { 'a.ts': 'a\n' }),
    await work('B', { 'b.ts': 'b\n' }),
    await work('C', { 'c.ts': 'c\n' }),
  ];
  const workspace = await prepare('Reader', { bases });
  for (const name of ['a.ts', 'b.ts', 'c.ts'])
    expect(existsSync(join(workspace.cwd, name))).toBe(true);
  expect(workspace.conflicts).toEqual([]);
  expect(world.git(workspace.cwd, 'status', '--porcelain')).toBe('');
  expect(world.hasHookRun()).toBe(false);
});

test('conflicts are left with markers and reported, and the other branches are still merged', async () => {
  using world = openWorkingFolder();
  const { workspaces, prepare, work } = await openAgents(world);
  const bases = [
    await work('A', { 'src/cart.ts': 'one\nA\nthree\n' }),
    await work('B', { 'src/cart.ts': 'one\nB\nthree\n' }),
    await work('C', { 'c.ts': 'c\n' }),
  ];
  const workspace = await prepare('Reader', { bases });
  expect(workspace.conflicts).toEqual(['src/cart.ts']);
  expect(workspace.notices.join()).toContain('Merging the work of B left conflicts');
  const text = readFileSync(join(workspace.cwd, 'src', 'cart.ts'), 'utf8');
  // The sides are named after agents, not commits.
  expect(text).toContain('<<<<<<< A\nA\n=======\nB\n>>>>>>> B\n');
  expect(existsSync(join(workspace.cwd, 'c.ts'))).toBe(true);
  // A repeated request gives the same result.
  expect((await prepare('Reader', { bases })).conflicts).toEqual(['src/cart.ts']);
  const unresolved = await workspaces.commitTurn(workspace, 'Turn');
  expect(unresolved).toMatchObject({
    ok: true,
    value: { notices: ['Conflict markers were not resolved in "src/cart.ts".'] },
  });
  writeFileSync(join(workspace.cwd, 'src', 'cart.ts'), 'one\nA and B\nthree\n');
  expect(await workspaces.commitTurn(workspace, 'Turn')).toMatchObject({ value: { notices: [] } });
  const rerere = join(world.project, '.git', 'rr-cache');
  expect(existsSync(rerere)).toBe(false);
});

test('a cloud branch is fetched from its repository, and uncommitted changes are merged', async () => {
  using world = openWorkingFolder();
  world.git(world.at(), 'clone', '--quiet', '--bare', world.project, world.at('remote.git'));
  world.git(world.at(), 'clone', '--quiet', world.at('remote.git'), world.at('cloud'));
  world.git(world.at('cloud'), 'switch', '--quiet', '--create', 'cursor/feature');
  writeFileSync(world.at('cloud', 'cloud.ts'), 'cloud\n');
  world.git(world.at('cloud'), 'add', '--all');
  world.git(world.at('cloud'), 'commit', '--quiet', '-m', 'From the cloud');
  world.git(world.at('cloud'), 'push', '--quiet', 'origin', 'cursor/feature');
  world.write(join(world.project, 'uncommitted.ts'), 'of the person\n');
  const before = world.userState();
  const { prepare } = await openAgents(world);
  const workspace = await prepare('Reader', {
    bases: [{ agentName: 'Cloud', repoUrl: world.at('remote.git'), branch: 'cursor/feature' }],
  });
  expect(existsSync(join(workspace.cwd, 'cloud.ts'))).toBe(true);
  expect(existsSync(join(workspace.cwd, 'uncommitted.ts'))).toBe(true);
  expect(world.userState()).toEqual(before);
});

test('reports a missing upstream branch, and one with an unrelated history', async () => {
  using world = openWorkingFolder();
  const { workspaces, prepare } = await openAgents(world);
  const lost = await workspaces.prepareWorkspace(
    world.request({ bases: [{ agentName: 'Writer', branch: 'cerevisor/lost' }] }),
    recordItems().calls,
  );
  expect(lost).toMatchObject({ ok: false, error: { code: 'upstream_branch_missing' } });
  world.inProject('switch', '--quiet', '--orphan', 'other');
  world.inProject('commit', '--quiet', '--allow-empty', '-m', 'Unrelated');
  world.inProject('switch', '--quiet', 'main');
  const workspace = await prepare('Reader', { bases: [{ agentName: 'X', branch: 'other' }] });
  expect(workspace.notices.join()).toContain('no history in common');
});

test('starts from the commit of the hand-off, even if its branch has moved', async () => {
  using world = openWorkingFolder();
  const { prepare, work } = await openAgents(world);
  const upstream = await work('Writer', { 'feature.ts': 'feature\n' });
  world.inProject('update-ref', `refs/heads/${upstream.branch}`, 'HEAD');
  const workspace = await prepare('Reader', { bases: [upstream] });
  expect(existsSync(join(workspace.cwd, 'feature.ts'))).toBe(true);
});

test("an agent's branch may be checked out by the user", async () => {
  using world = openWorkingFolder();
  const { workspaces, prepare, work } = await openAgents(world);
  const upstream = await work('Writer', { 'feature.ts': 'feature\n' });
  const writer = await prepare('Writer');
  expect((await workspaces.removeWorktree(writer)).ok).toBe(true);
  world.inProject('switch', '--quiet', upstream.branch);
  const reader = await prepare('Reader', { bases: [upstream] });
  expect(existsSync(join(reader.cwd, 'feature.ts'))).toBe(true);
  // Its worktree is restored at the same path, on a new branch.
  const again = await prepare('Writer');
  expect(again.cwd).toBe(writer.cwd);
  expect(again.branch).toBe(`${upstream.branch}-2`);
  expect(existsSync(join(again.cwd, 'feature.ts'))).toBe(true);
  expect(again.notices.join()).toContain('checked out elsewhere');
});

test("submodules are filled from the user's copies, including unpushed commits", async () => {
  using world = openWorkingFolder();
  const module = world.at('module');
  world.write(join(module, 'library.ts'), 'library\n');
  world.git(module, 'init', '--quiet');
  world.git(module, 'add', '--all');
  world.git(module, 'commit', '--quiet', '-m', 'Begin');
  const plain = ['-c', 'protocol.file.allow=always'];
  for (const name of ['used', 'unused'])
    world.git(world.project, ...plain, 'submodule', '--quiet', 'add', module, name);
  world.inProject('commit', '--quiet', '-m', 'Use the library');
  const used = join(world.project, 'used');
  writeFileSync(join(used, 'library.ts'), 'never pushed\n');
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', 'commit', '-qam', 'x'], {
    cwd: used,
  });
  world.inProject('submodule', 'deinit', '--quiet', '--force', 'unused');
  execFileSync('rm', ['-r', join(world.project, '.git', 'modules', 'unused')]);
  const before = world.userState();
  const { workspaces, prepare } = await openAgents(world);
  const workspace = await prepare('Writer');
  expect(workspace.notices.join('\n')).toContain('submodule unused is not initialized');
  expect(readFileSync(join(workspace.cwd, 'used', 'library.ts'), 'utf8')).toBe('never pushed\n');
  expect(world.git(join(workspace.cwd, 'used'), 'remote', 'get-url', 'origin')).toBe(module);
  expect(world.userState()).toEqual(before);

  // A commit in the submodule exists nowhere else, so the worktree is kept.
  writeFileSync(join(workspace.cwd, 'used', 'library.ts'), 'by the agent\n');
  expect(await workspaces.removeWorktree(workspace)).toMatchObject({
    ok: false,
    error: { code: 'worktree_has_work' },
  });
  world.git(join(workspace.cwd, 'used'), 'commit', '--quiet', '-am', 'By the agent');
  expect((await workspaces.commitTurn(workspace, 'Turn')).ok).toBe(true);
  expect((await workspaces.removeWorktree(workspace)).ok).toBe(false);
});
