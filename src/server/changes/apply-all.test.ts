import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitOn, mixedSession, type Work } from '../../../testing/local-session.ts';
import { sessionIdOf, startTestServer } from '../../../testing/server.ts';
import { openWorkingFolder, type WorkingFolder } from '../../../testing/working-folder.ts';

const id = sessionIdOf('abcdef12');

/** Planner worked on this machine, Builder in the cloud: on a repository of which `clone` is a clone. */
async function openSession(work: (world: WorkingFolder) => Record<'plan' | 'build', Work>) {
  const world = openWorkingFolder();
  const left = work(world);
  const remote = world.at('remote.git');
  world.git(world.at(), 'clone', '--quiet', '--bare', world.project, remote);
  world.git(world.at(), 'clone', '--quiet', remote, 'clone');
  const server = await startTestServer();
  server.journal.append(id, mixedSession(world.project, left, remote));
  return {
    world,
    remote,
    clone: world.at('clone'),
    client: server.client,
    read: (...parts: string[]) => readFileSync(join(...parts), 'utf8'),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      world[Symbol.dispose]();
    },
  };
}

const apart = (world: WorkingFolder) => ({
  plan: commitOn(world, 'plan', 'main', 'PLAN.md', 'a plan\n'),
  build: commitOn(world, 'build', 'main', 'src/cart.ts', 'one\nTWO\nthree\n'),
});

test('applies local work and cloud work, each to its folder, and undoes both', async () => {
  await using session = await openSession(apart);
  const { world, clone, client, read } = session;
  world.write(join(clone, 'src', 'cart.ts'), 'one\ntwo\nthree\nmine\n');
  const plan = await client.planApplyAll(id, { clones: [clone] });
  expect(plan.left).toEqual([]);
  expect(plan.folders).toMatchObject([
    {
      folder: world.project,
      work: [{ place: 'local', agentNames: ['Planner'] }],
      files: [{ path: 'PLAN.md', action: 'create' }],
    },
    {
      folder: clone,
      work: [{ place: 'cloud', repoUrl: session.remote, agentNames: ['Builder'] }],
      files: [{ path: 'src/cart.ts', action: 'modify', isDirty: true }],
    },
  ]);
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);

  const { folders } = await client.applyAllChanges(id, { clones: [clone], planId: plan.planId });
  expect(folders.map(({ folder }) => folder)).toEqual([world.project, clone]);
  expect(read(world.project, 'PLAN.md')).toBe('a plan\n');
  expect(read(clone, 'src/cart.ts')).toBe('one\nTWO\nthree\nmine\n');

  const undone = await client.undoApply(id);
  expect(undone.folders.map(({ folder }) => folder).sort()).toEqual([world.project, clone].sort());
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
  expect(read(clone, 'src/cart.ts')).toBe('one\ntwo\nthree\nmine\n');
  await expect(client.undoApply(id)).rejects.toMatchObject({ code: 'nothing_to_undo' });
});

test('undoes nothing in any folder if a file in one of them has changed since', async () => {
  await using session = await openSession(apart);
  const { world, clone, client } = session;
  const { planId } = await client.planApplyAll(id, { clones: [clone] });
  await client.applyAllChanges(id, { clones: [clone], planId });
  world.write(join(clone, 'src', 'cart.ts'), 'the person went on\n');
  await expect(client.undoApply(id)).rejects.toMatchObject({
    code: 'undo_conflict',
    message: expect.stringContaining(clone),
  });
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(true);
  // One of them alone can still be undone.
  const { applied } = await client.changes(id);
  const here = applied.find(({ folder }) => folder === world.project);
  await client.undoApply(id, here?.undoId);
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
});

test('applies local work and cloud work to the same folder if it is a clone of the cloud repository', async () => {
  await using session = await openSession((world) => ({
    plan: commitOn(world, 'plan', 'main', 'src/cart.ts', 'ONE\ntwo\nthree\n'),
    build: commitOn(world, 'build', 'main', 'src/cart.ts', 'one\ntwo\nthree\nfour\n'),
  }));
  const { world, client, remote, read } = session;
  world.inProject('remote', 'add', 'upstream', remote);
  const plan = await client.planApplyAll(id, {});
  expect(plan.folders).toMatchObject([
    {
      folder: world.project,
      work: [{ agentNames: ['Planner'] }, { agentNames: ['Builder'] }],
      files: [{ path: 'src/cart.ts' }],
    },
  ]);
  await client.applyAllChanges(id, { planId: plan.planId });
  expect(read(world.project, 'src/cart.ts')).toBe('ONE\ntwo\nthree\nfour\n');
  await client.undoApply(id);
  expect(read(world.project, 'src/cart.ts')).toBe('one\ntwo\nthree\n');
});

test('lists what it cannot apply, with the command for it, and applies the rest', async () => {
  await using session = await openSession(apart);
  const { world, clone, client, remote } = session;
  const command = `cerevisor apply ${id.slice(2, 10)} --repo`;
  const plan = await client.planApplyAll(id, {});
  expect(plan.left).toMatchObject([
    {
      repoUrl: remote,
      agentNames: ['Builder'],
      code: 'folder_unnamed',
      suggestion: `To apply it to a clone: \`${command} ${remote} --folder DIR\``,
    },
  ]);
  expect(plan.folders.map(({ folder }) => folder)).toEqual([world.project]);
  // If the user names a folder, only that folder is changed.
  const only = await client.planApplyAll(id, { folder: clone });
  expect(only.folders.map(({ folder }) => folder)).toEqual([clone]);
  expect(only.left).toMatchObject([{ repoUrl: world.project, code: 'folder_unnamed' }]);
  await client.applyAllChanges(id, { planId: plan.planId });
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(true);
});

test('changes no folder if one of them has a conflict, or has changed since the plan', async () => {
  await using session = await openSession(apart);
  const { world, clone, client, read } = session;
  const stale = await client.planApplyAll(id, { clones: [clone] });
  world.write(join(clone, 'src', 'cart.ts'), 'one\nmine\nthree\n');
  await expect(
    client.applyAllChanges(id, { clones: [clone], planId: stale.planId }),
  ).rejects.toMatchObject({ code: 'plan_outdated' });
  const { planId, folders } = await client.planApplyAll(id, { clones: [clone] });
  expect(folders[1]?.conflicts).toMatchObject([{ path: 'src/cart.ts' }]);
  await expect(client.applyAllChanges(id, { clones: [clone], planId })).rejects.toMatchObject({
    code: 'apply_conflicts',
  });
  expect(existsSync(join(world.project, 'PLAN.md'))).toBe(false);
  const marked = { clones: [clone], planId, onConflict: 'markers' as const };
  expect((await client.applyAllChanges(id, marked)).folders[1]?.conflicts).toEqual(['src/cart.ts']);
  expect(read(clone, 'src/cart.ts')).toContain('<<<<<<< your folder\nmine\n');
});

test('lists work whose folder no longer exists', async () => {
  await using session = await openSession(apart);
  const { world, clone, client } = session;
  rmSync(world.project, { recursive: true });
  const plan = await client.planApplyAll(id, { clones: [clone] });
  expect(plan.folders.map(({ folder }) => folder)).toEqual([clone]);
  expect(plan.left).toMatchObject([{ repoUrl: world.project, agentNames: ['Planner'] }]);
});
