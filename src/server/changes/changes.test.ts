import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitOn, localSession } from '../../../testing/local-session.ts';
import { sessionIdOf, sessionStarted, startTestServer } from '../../../testing/server.ts';
import { openWorkingFolder } from '../../../testing/working-folder.ts';
import { shortId } from '../../lib/format.ts';

const id = sessionIdOf('abc1');

async function openSession(outputs: string[] = []) {
  const world = openWorkingFolder();
  const plan = commitOn(world, 'plan', 'main', 'PLAN.md', 'a plan\n');
  const build = commitOn(world, 'build', 'plan', 'src/cart.ts', 'one\nTWO\nthree\n');
  const server = await startTestServer();
  server.journal.append(id, localSession(world.project, { plan, build }, outputs));
  return {
    world,
    work: { plan, build },
    client: server.client,
    journal: server.journal,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      world[Symbol.dispose]();
    },
  };
}

test('shows what one agent changed, and what the whole session changed', async () => {
  await using session = await openSession(['docs/missing.md', 'src/*.ts']);
  const build = await session.client.changes(id, 'Builder');
  expect(build.repositories).toMatchObject([
    {
      place: 'local',
      repoUrl: session.world.project,
      branches: ['build'],
      additions: 1,
      deletions: 1,
      files: [{ path: 'src/cart.ts', status: 'modified' }],
    },
  ]);
  expect(build.missingOutputs).toEqual([
    { agentId: 'build', name: 'Builder', outputs: ['docs/missing.md'] },
  ]);
  const all = await session.client.changes(id);
  expect(all.repositories[0]?.files.map(({ path }) => path)).toEqual(['PLAN.md', 'src/cart.ts']);
  expect(all).toMatchObject({ folder: session.world.project, failures: [], applied: [] });
});

test('shows the diff of a file only for repositories of the session', async () => {
  await using session = await openSession();
  const { repositories } = await session.client.changes(id);
  const [repository] = repositories;
  if (repository === undefined) throw new Error('Nothing changed');
  const { base, head, repoUrl } = repository;
  const patch = await session.client.patch(id, { base, head, repoUrl, path: 'src/cart.ts' });
  expect(patch.text).toContain('-two\n+TWO');
  const elsewhere = session.client.patch(id, { base, head, repoUrl: '/', path: 'src/cart.ts' });
  await expect(elsewhere).rejects.toMatchObject({ code: 'no_changes' });
  const option = session.client.patch(id, { base: '--output=x', head, repoUrl, path: 'a' });
  await expect(option).rejects.toMatchObject({ code: 'bad_request' });
});

test('names the agent whose work is lost if its branch was deleted and garbage-collected', async () => {
  await using session = await openSession();
  const { world, client } = session;
  world.inProject('update-ref', '-d', 'refs/heads/build');
  world.inProject('reflog', 'expire', '--expire=now', '--all');
  world.inProject('gc', '--quiet', '--prune=now');
  const { failures } = await client.changes(id);
  expect(failures).toMatchObject([{ message: expect.stringContaining('the work of Builder') }]);
  await expect(client.planApply(id, {})).rejects.toMatchObject({ code: 'commit_missing' });
  expect((await client.changes(id, 'Planner')).failures).toEqual([]);
});

test('applies the work as planned, keeps changes of the user, and undoes it', async () => {
  await using session = await openSession();
  const { world, client } = session;
  world.write(join(world.project, 'shop.ts'), 'my own work\n');
  const plan = await client.planApply(id, {});
  expect(plan.files.map(({ path, action }) => [path, action])).toEqual([
    ['PLAN.md', 'create'],
    ['src/cart.ts', 'modify'],
  ]);
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
  const applied = await client.applyChanges(id, { planId: plan.planId });
  expect(readFileSync(join(world.project, 'src/cart.ts'), 'utf8')).toBe('one\nTWO\nthree\n');
  expect(readFileSync(join(world.project, 'shop.ts'), 'utf8')).toBe('my own work\n');
  expect((await client.changes(id)).applied).toMatchObject([
    { undoId: applied.undoId, fileCount: 2 },
  ]);
  await client.undoApply(id);
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
  await expect(client.undoApply(id)).rejects.toMatchObject({ code: 'nothing_to_undo' });
});

test('uses the top folder of the repository if a subfolder was named', async () => {
  await using session = await openSession();
  const { world, client } = session;
  const folder = join(world.project, 'src');
  const { planId } = await client.planApply(id, { folder });
  expect((await client.applyChanges(id, { folder, planId })).folder).toBe(world.project);
});

test('applies work of a moved repository if its new folder is named', async () => {
  await using session = await openSession();
  const { world, client } = session;
  const moved = world.at('moved');
  world.git(
    world.at(),
    'clone',
    '-q',
    '--no-local',
    '--single-branch',
    '-b',
    'main',
    world.project,
    'clone',
  );
  world.git(world.at(), 'init', '--quiet', 'other');
  renameSync(world.project, moved);
  const gone = {
    code: 'repository_moved',
    suggestion: `If it was moved, name its new folder: \`cerevisor apply ${shortId(id)} --folder DIR\``,
  };
  expect((await client.changes(id)).failures).toMatchObject([gone]);
  await expect(client.planApply(id, {})).rejects.toMatchObject(gone);
  // A clone without the branches, and an unrelated repository.
  for (const name of ['clone', 'other'])
    await expect(client.planApply(id, { folder: world.at(name) })).rejects.toMatchObject({
      code: 'commit_missing',
      message: expect.stringContaining(`${world.project}, was moved or deleted`),
    });
  const all = await client.planApplyAll(id, { folder: moved, clones: [] });
  expect(all).toMatchObject({ left: [], folders: [{ folder: moved }] });
  const { planId } = await client.planApply(id, { folder: moved });
  await client.applyChanges(id, { folder: moved, planId });
  expect(readFileSync(join(moved, 'src/cart.ts'), 'utf8')).toBe('one\nTWO\nthree\n');
});

test('applies work to a clone that does not have its commits', async () => {
  await using session = await openSession();
  const { world, client } = session;
  const folder = world.at('clone');
  world.git(
    world.at(),
    'clone',
    '-q',
    '--no-local',
    '--single-branch',
    '-b',
    'main',
    world.project,
    folder,
  );
  const { planId } = await client.planApply(id, { folder });
  expect((await client.applyChanges(id, { folder, planId })).files).toHaveLength(2);
  expect(readFileSync(join(folder, 'PLAN.md'), 'utf8')).toBe('a plan\n');
  expect(world.git(folder, 'branch', '--list')).toBe('* main');
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
});

test('does not change a folder in which an agent is working', async () => {
  await using session = await openSession();
  const { world, client, journal } = session;
  const plan = await client.planApply(id, {});
  const [start, ...events] = localSession(world.project, session.work);
  if (start?.type !== 'SessionStarted' || start.local === undefined) throw new Error('No start');
  const inPlace = { ...start, local: { ...start.local, isolation: 'in-place' as const } };
  // Only the launch of the first agent is recorded, so that it counts as working.
  journal.append(sessionIdOf('dd'), [inPlace, ...events.slice(0, 2)]);
  const refused = client.applyChanges(id, { planId: plan.planId });
  await expect(refused).rejects.toMatchObject({ code: 'folder_in_use' });
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
});

test('lists each repository of a session that worked in several, with the command that applies it', async () => {
  await using session = await openSession();
  const { world, client, journal, work } = session;
  const [start, ...events] = localSession(world.project, work);
  if (start === undefined) throw new Error('No start');
  const repoUrl = 'https://github.com/acme/shop';
  const inCloud = events.map((event) => {
    if (!('agentId' in event) || event.agentId !== 'build') return event;
    if (event.type === 'LaunchIntended') return { ...event, runtime: 'cursor-cloud' as const };
    if (event.type !== 'RunEnded') return event;
    return { ...event, branches: [{ repoUrl, branch: 'cursor/build' }] };
  });
  const mixed = sessionIdOf('abcdef12');
  journal.append(mixed, [start, ...inCloud]);
  const command = `cerevisor apply ${mixed.slice(2, 10)} --repo`;
  await expect(client.planApply(mixed, {})).rejects.toMatchObject({
    code: 'repository_unclear',
    message: `The session worked in several places: Planner in ${world.project} and Builder in ${repoUrl}.`,
    suggestion: `Name one of them: \`${command} '${world.project}'\` or \`${command} ${repoUrl}\``,
  });
  const unknown = client.planApply(mixed, { repoUrl: 'https://github.com/acme/other' });
  await expect(unknown).rejects.toMatchObject({
    code: 'repository_unclear',
    message: expect.stringContaining(`No agent has left changes in https://github.com/acme/other`),
  });
  const planned = await client.planApply(mixed, { repoUrl: world.project });
  expect(planned.files.map(({ path }) => path)).toEqual(['PLAN.md']);
});

test('reports whether the agents worked in the folder itself', async () => {
  await using session = await openSession();
  const { world, client, journal, work } = session;
  expect(await client.planApply(id, {})).toMatchObject({ isWorkedInPlace: false });
  const [start, ...events] = localSession(world.project, work);
  if (start?.type !== 'SessionStarted' || start.local === undefined) throw new Error('No start');
  const inPlace = { ...start, local: { ...start.local, isolation: 'in-place' as const } };
  journal.append(sessionIdOf('ee'), [inPlace, ...events]);
  expect(await client.planApply(sessionIdOf('ee'), {})).toMatchObject({ isWorkedInPlace: true });
});

test('rejects an outdated plan', async () => {
  await using session = await openSession();
  const { world, client } = session;
  const plan = await client.planApply(id, {});
  world.write(join(world.project, 'src/cart.ts'), 'one\nmine\nthree\n');
  const stale = client.applyChanges(id, { planId: plan.planId });
  await expect(stale).rejects.toMatchObject({ code: 'plan_outdated' });
  const conflicting = await client.planApply(id, {});
  expect(conflicting.conflicts).toMatchObject([{ path: 'src/cart.ts' }]);
  const refused = client.applyChanges(id, { planId: conflicting.planId });
  await expect(refused).rejects.toMatchObject({ code: 'apply_conflicts' });
  expect(readFileSync(join(world.project, 'src/cart.ts'), 'utf8')).toBe('one\nmine\nthree\n');
});

test('pushes the work of the last agent for a pull request', async () => {
  await using session = await openSession();
  const { world, client } = session;
  const remote = world.at('remote.git');
  world.git(world.at(), 'init', '--quiet', '--bare', remote);
  world.inProject('remote', 'add', 'origin', remote);
  const opened = await client.openPullRequest(id, { baseBranch: 'main' });
  expect(opened).toMatchObject({ branch: 'build', wasPushed: true, page: null });
  const pushed = world.git(remote, 'show', 'build:src/cart.ts');
  expect(pushed).toBe('one\nTWO\nthree');
});

test('reports that there are no changes', async () => {
  await using server = await startTestServer();
  server.journal.append(id, [sessionStarted()]);
  expect(await server.client.changes(id)).toMatchObject({ repositories: [], failures: [] });
  await expect(server.client.planApply(id, {})).rejects.toMatchObject({ code: 'no_changes' });
});
