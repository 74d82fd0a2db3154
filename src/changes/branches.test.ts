import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../testing/working-folder.ts';
import type { Result } from '../lib/expected-failure.ts';
import { openWorkspaces } from '../runner/workspace/workspaces.ts';
import { apply } from './apply.ts';
import { fetchBranch, fetchIntoFolder, pruneFetchedBranches } from './fetch-branch.ts';
import { readChanges } from './files.ts';
import { readPatch } from './patch.ts';
import { planApply } from './plan-apply.ts';
import { pageInPushOutput, pullRequestPage } from './pull-request-page.ts';
import { type PushResult, pushBranch } from './push-branch.ts';

function expectValue<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** The repository on a host, and a branch that an agent in the cloud pushed to it. */
function addRemote(world: WorkingFolder) {
  const remote = world.at('remote.git');
  world.git(world.at(), 'clone', '--quiet', '--bare', world.project, remote);
  world.git(remote, 'config', 'uploadpack.allowFilter', 'true');
  world.git(remote, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  world.inProject('remote', 'add', 'origin', remote);
  world.git(world.at(), 'clone', '--quiet', remote, 'cloud');
  const cloud = world.at('cloud');
  world.git(cloud, 'switch', '--quiet', '--create', 'cursor/feature');
  world.write(join(cloud, 'src', 'cart.ts'), 'one\ncloud\nthree\n');
  world.write(join(cloud, 'cloud.ts'), 'cloud\n');
  world.git(cloud, 'add', '--all');
  world.git(cloud, 'commit', '--quiet', '-m', 'From the cloud');
  world.git(cloud, 'push', '--quiet', 'origin', 'cursor/feature');
  return remote;
}

const contextOf = ({ environment }: WorkingFolder) => ({ environment });

test('a branch of the cloud is fetched without contents, which are fetched on demand', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const before = world.userState();
  const request = { home: world.home, repoUrl: `file://${remote}`, branch: 'cursor/feature' };
  const fetched = expectValue(await fetchBranch(request, contextOf(world)));
  expect(fetched.base).toBe(world.inProject('rev-parse', 'main'));
  const cache = fetched.repository.folder;
  const missing = world.git(cache, 'rev-list', '--objects', '--missing=print', fetched.head);
  expect(missing).toMatch(/^\?/m);
  const { repository, base, head } = fetched;
  const changes = expectValue(await readChanges({ repository, base, head }, contextOf(world)));
  expect(changes.files.map(({ path, additions }) => [path, additions])).toEqual([
    ['cloud.ts', 1],
    ['src/cart.ts', 1],
  ]);
  const patch = expectValue(
    await readPatch({ repository, base, head, path: 'src/cart.ts' }, contextOf(world)),
  );
  expect(patch.text).toContain('-two\n+cloud\n');
  expect(world.userState()).toEqual(before);
});

test('an earlier fetch is used when the host cannot be reached', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const repoUrl = world.at('moved.git');
  world.git(world.at(), 'clone', '--quiet', '--bare', remote, repoUrl);
  const request = { home: world.home, repoUrl, branch: 'cursor/feature' };
  const first = expectValue(await fetchBranch(request, contextOf(world)));
  expect(first.isFromEarlier).toBe(false);
  writeFileSync(join(repoUrl, 'HEAD'), 'no repository any more');
  const baseCommit = first.base;
  const again = expectValue(await fetchBranch({ ...request, baseCommit }, contextOf(world)));
  expect(again).toMatchObject({ head: first.head, base: first.base, isFromEarlier: true });
  await pruneFetchedBranches(world.home, 1_000, Date.now() + 10_000);
  expect(existsSync(first.repository.folder)).toBe(false);
});

test('a missing branch, and a secret or helper in an address, are rejected', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const ask = async (repoUrl: string, branch = 'missing') => {
    const result = await fetchBranch({ home: world.home, repoUrl, branch }, contextOf(world));
    return result.ok ? null : result.error.code;
  };
  expect(await ask(remote)).toBe('branch_unavailable');
  expect(await ask('https://me:secret@git.invalid/shop')).toBe('repository_url_with_secret');
  expect(await ask('--upload-pack=touch ran')).toBe('repository_url_malformed');
  expect(await ask(`ext::touch ${world.at('ran')}`, 'main')).toBe('branch_unavailable');
  expect(existsSync(world.at('ran'))).toBe(false);
});

test('a branch is not fetched into a folder without git', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const request = { folder: world.home, repoUrl: remote, branch: 'cursor/feature' };
  const fetched = await fetchIntoFolder(request, contextOf(world));
  expect(fetched.ok ? null : fetched.error.code).toBe('folder_without_git');
});

test("a branch of the cloud is applied to the user's folder", async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  world.write(join(world.project, 'src', 'cart.ts'), 'one\ntwo\nthree\nfour\n');
  const before = world.userState();
  const { home, project: folder } = world;
  const context = contextOf(world);
  const { head } = expectValue(
    await fetchIntoFolder({ folder, repoUrl: remote, branch: 'cursor/feature' }, context),
  );
  expect(world.userState()).toEqual(before);
  const request = { home, folder, work: [{ base: world.inProject('rev-parse', 'main'), head }] };
  const plan = expectValue(await planApply(request, context));
  // The agent changed the line above the one that the person added.
  expect(plan.conflicts.map(({ path }) => path)).toEqual([]);
  expectValue(await apply({ ...request, planId: plan.planId, label: 'Cloud' }, context));
  expect(readFileSync(join(folder, 'src', 'cart.ts'), 'utf8')).toBe('one\ncloud\nthree\nfour\n');
});

/** A session with two agents, each with commits of its own, in a folder with uncommitted changes. */
async function session(world: WorkingFolder, files: Record<string, string>) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const run = async (agentName: string, files: Record<string, string>, branches: string[]) => {
    const bases = branches.map((branch) => ({ agentName: branch, branch }));
    const request = world.request({ agentName, bases });
    const prepared = await workspaces.prepareWorkspace(request, recordItems().calls);
    if (!prepared.ok) throw new Error(prepared.error.message);
    for (const [name, text] of Object.entries(files))
      world.write(join(prepared.value.cwd, name), text);
    const committed = await workspaces.commitTurn(prepared.value, `What ${agentName} did`);
    if (!committed.ok || committed.value === null) throw new Error('nothing was committed');
    return { ...prepared.value, head: committed.value.commit, branch: prepared.value.branch ?? '' };
  };
  const left = await run('Left', { 'left.ts': 'left\n' }, []);
  const right = await run('Right', files, []);
  const last = await run('Last', { 'last.ts': 'last\n' }, [left.branch, right.branch]);
  return {
    head: last.head,
    lastBranch: last.branch,
    snapshotCommit: last.snapshotCommit,
    headCommit: last.headCommit ?? null,
  };
}

async function push(
  world: WorkingFolder,
  work: Pick<Awaited<ReturnType<typeof session>>, 'head' | 'snapshotCommit' | 'headCommit'>,
  name: string,
) {
  const request = { folder: world.project, ...work, branch: name };
  return await pushBranch(request, contextOf(world));
}

test('work is pushed on the real base, without uncommitted changes of the user', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  world.write(join(world.project, 'private.ts'), 'of the person\n');
  world.write(join(world.project, 'shop.ts'), 'half a thought\n');
  const work = await session(world, { 'right.ts': 'right\n' });
  const before = world.userState();
  const pushed = expectValue(await push(world, work, 'feature'));
  if (pushed.kind !== 'pushed') throw new Error('conflict');
  expect(pushed).toMatchObject({ remote: 'origin', branch: 'feature', baseBranch: 'main' });
  const names = world.git(remote, 'ls-tree', '-r', '--name-only', 'feature').split('\n');
  expect(names).toEqual(
    ['.gitignore', 'last.ts', 'left.ts', 'right.ts', 'shop.ts', 'src/cart.ts'].sort(),
  );
  expect(world.git(remote, 'show', 'feature:shop.ts')).toBe('export const open = true;');
  const subjects = world.git(remote, 'log', '--format=%s', 'main..feature').split('\n');
  expect(subjects.sort()).toEqual(
    ['Merge ', 'What Last did', 'What Left did', 'What Right did'].map((subject) =>
      expect.stringContaining(subject),
    ),
  );
  expect(world.git(remote, 'log', '--merges', '--format=%s', 'main..feature')).not.toBe('');
  // Again: the same commits, so there is nothing to push.
  const again = expectValue(await push(world, work, 'feature'));
  expect(again).toMatchObject({ kind: 'pushed', commit: pushed.commit });
  const named = { ...work, head: `refs/heads/${work.lastBranch}` };
  const byName = expectValue(await push(world, named, 'by-name'));
  const forgotten = { head: work.head, snapshotCommit: null, headCommit: null };
  const old = expectValue(await push(world, forgotten, 'old'));
  expect(old).toMatchObject({ kind: 'pushed', commit: pushed.commit });
  expect(byName).toMatchObject({ kind: 'pushed', commit: pushed.commit });
  // As after every push, git notes where the branch of the remote is.
  const after = world.userState();
  const branches = after.branches.filter((line) => !line.includes('refs/remotes/origin/'));
  expect({ ...after, branches }).toEqual(before);
});

test('work that builds on uncommitted changes is not pushed without them', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  world.write(join(world.project, 'shop.ts'), 'half a thought\n');
  const work = await session(world, { 'shop.ts': 'a whole thought\n' });
  const result: PushResult = expectValue(await push(world, work, 'feature'));
  expect(result).toEqual({
    kind: 'conflict',
    conflicts: [{ path: 'shop.ts', kind: 'contents' }],
  });
  expect(world.git(remote, 'branch', '--list', 'feature')).toBe('');
});

test('changes that the user made while agents worked in place are not pushed', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const turn = async (agentName: string, name: string, branches: string[]) => {
    const bases = branches.map((branch) => ({ agentName, branch }));
    const request = world.request({ agentName, isolation: 'in-place', bases });
    const prepared = await workspaces.prepareWorkspace(request, recordItems().calls);
    if (!prepared.ok) throw new Error(prepared.error.message);
    world.write(join(world.project, name), 'by the agent\n');
    const committed = await workspaces.commitTurn(prepared.value, 'Turn');
    if (!committed.ok || committed.value === null) throw new Error('nothing was committed');
    return { ...prepared.value, head: committed.value.commit };
  };
  const first = await turn('First', 'first.ts', []);
  world.write(join(world.project, 'private.ts'), 'of the person\n');
  const last = await turn('Last', 'last.ts', [first.branch ?? '']);
  const { snapshotCommit, headCommit = null, head } = last;
  const pushed = await push(world, { snapshotCommit, headCommit, head }, 'feature');
  expect(pushed).toMatchObject({ ok: true, value: { kind: 'pushed' } });
  const names = world.git(remote, 'ls-tree', '-r', '--name-only', 'feature').split('\n');
  expect(names).toEqual(['.gitignore', 'first.ts', 'last.ts', 'shop.ts', 'src/cart.ts']);
});

test('an existing branch with other work is never overwritten', async () => {
  using world = openWorkingFolder();
  const remote = addRemote(world);
  const work = await session(world, { 'right.ts': 'right\n' });
  const before = world.git(remote, 'rev-parse', 'cursor/feature');
  expect(await push(world, work, 'cursor/feature')).toMatchObject({
    ok: false,
    error: { code: 'push_failed' },
  });
  expect(world.git(remote, 'rev-parse', 'cursor/feature')).toBe(before);
  world.inProject('remote', 'remove', 'origin');
  expect(await push(world, work, 'feature')).toMatchObject({
    ok: false,
    error: { code: 'remote_missing' },
  });
});

test('large files are pushed with Git LFS although its hook is disabled', async () => {
  using world = openWorkingFolder();
  addRemote(world);
  world.write(world.at('bin', 'git-lfs'), `#!/bin/sh\necho "$@" >> '${world.at('sent')}'\n`);
  chmodSync(world.at('bin', 'git-lfs'), 0o755);
  const work = await session(world, { 'art/.gitattributes': '*.psd -filter=lfs filter=lfs\n' });
  const environment = {
    ...world.environment,
    PATH: `${world.at('bin')}:${world.environment.PATH}`,
  };
  const request = { folder: world.project, ...work, branch: 'feature' };
  expectValue(await pushBranch(request, { environment }));
  expect(readFileSync(world.at('sent'), 'utf8')).toMatch(/^push origin refs\/cerevisor\/push\//);
});

test('the pull request page depends on the host', () => {
  const page = (url: string) => pullRequestPage(url, 'cerevisor/a-b', 'main');
  expect(page('git@github.com:acme/shop.git')).toBe(
    'https://github.com/acme/shop/compare/main...cerevisor/a-b?expand=1',
  );
  expect(page('https://github.acme.com/team/shop')).toBe(
    'https://github.acme.com/team/shop/compare/main...cerevisor/a-b?expand=1',
  );
  expect(page('https://token@gitlab.com/group/sub/shop.git')).toBe(
    'https://gitlab.com/group/sub/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=cerevisor%2Fa-b&merge_request%5Btarget_branch%5D=main',
  );
  expect(page('ssh://git@bitbucket.org/acme/shop.git')).toBe(
    'https://bitbucket.org/acme/shop/pull-requests/new?source=cerevisor%2Fa-b&dest=main',
  );
  expect(page('git@ssh.dev.azure.com:v3/acme/shop/web')).toBe(
    'https://dev.azure.com/acme/shop/_git/web/pullrequestcreate?sourceRef=cerevisor%2Fa-b&targetRef=main',
  );
  expect(page('https://git.acme.example/team/shop')).toBe(null);
  expect(page('/srv/git/shop.git')).toBe(null);
});

test('a page that an unknown host reports is used only if it is on that host', () => {
  const words = `remote: Create a pull request by visiting:
remote:   https://git.acme.example/team/shop/compare/feature
remote: https://evil.example/phish`;
  const url = 'git@git.acme.example:team/shop.git';
  expect(pageInPushOutput(url, words)).toBe('https://git.acme.example/team/shop/compare/feature');
  expect(pageInPushOutput('git@other.example:team/shop.git', words)).toBe(null);
});
