import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepItems, openWorkingFolder, type WorkingFolder } from '../../testing/working-folder.ts';
import type { Answer } from '../lib/expected-failure.ts';
import { openWorkspaces } from '../runner/workspace/workspaces.ts';
import { apply, carryOut } from './apply.ts';
import { planApply } from './plan-apply.ts';
import { listApplied, pruneApplied, undoApply } from './undo.ts';
import { readUndoRecord, writeUndoRecord } from './undo-record.ts';

function expectValue<Value>(answer: Answer<Value>): Value {
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.value;
}

/** An agent that works in a worktree, and what it made. */
async function work(world: WorkingFolder, act: (cwd: string) => void) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const prepared = await workspaces.prepareWorkspace(world.request(), keepItems().calls);
  if (!prepared.ok) throw new Error(prepared.error.message);
  act(prepared.value.cwd);
  const committed = await workspaces.commitTurn(prepared.value, 'Turn');
  if (!committed.ok) throw new Error(committed.error.message);
  const base = prepared.value.baseCommit ?? '';
  const request = {
    home: world.home,
    folder: world.project,
    base,
    head: committed.value?.commit ?? base,
  };
  const context = { environment: world.environment };
  return {
    request,
    plan: async () => expectValue(await planApply(request, context)),
    apply: (planId: string, onConflict: 'refuse' | 'markers' = 'refuse') =>
      apply({ ...request, planId, label: 'Feature', onConflict }, context),
    undo: (undoId: string | null) => undoApply({ home: world.home, undoId: undoId ?? '' }),
  };
}

const inProject = (world: WorkingFolder, name: string) => join(world.project, name);
const read = (world: WorkingFolder, name: string) => readFileSync(inProject(world, name), 'utf8');

test('changes are applied to the files alone, and undone byte for byte', async () => {
  using world = openWorkingFolder();
  world.write(inProject(world, 'untracked.ts'), 'of the person\n');
  world.write(inProject(world, 'src/cart.ts'), 'one\ntwo\nthree\nfour of the person\n');
  const before = world.personsState();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, 'src', 'cart.ts'), 'one by the agent\ntwo\nthree\nfour of the person\n');
    world.write(join(cwd, 'deep', 'new', 'näme\n.ts'), 'new\n');
    rmSync(join(cwd, 'shop.ts'));
    symlinkSync('src/cart.ts', join(cwd, 'link'));
    world.write(join(cwd, 'run.sh'), 'echo\n');
    chmodSync(join(cwd, 'run.sh'), 0o755);
  });
  // The person goes on meanwhile, in the same file.
  writeFileSync(inProject(world, 'src/cart.ts'), 'one\ntwo\nthree\nfour and five\n');
  const meanwhile = world.personsState();
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([]);
  expect(plan.files.map(({ path, action, isDirty }) => [path, action, isDirty])).toEqual([
    ['deep/new/näme\n.ts', 'create', false],
    ['link', 'create', false],
    ['run.sh', 'create', false],
    ['shop.ts', 'delete', false],
    ['src/cart.ts', 'modify', true],
  ]);
  expect(world.personsState()).toEqual(meanwhile);

  const applied = expectValue(await session.apply(plan.planId));
  expect(read(world, 'src/cart.ts')).toBe('one by the agent\ntwo\nthree\nfour and five\n');
  expect(read(world, 'deep/new/näme\n.ts')).toBe('new\n');
  expect(readlinkSync(inProject(world, 'link'))).toBe('src/cart.ts');
  expect(statSync(inProject(world, 'run.sh')).mode & 0o100).toBe(0o100);
  expect(existsSync(inProject(world, 'shop.ts'))).toBe(false);
  expect({ ...world.personsState(), files: null }).toEqual({ ...before, files: null });
  // Applied once, there is nothing left to apply.
  expect((await session.plan()).files).toEqual([]);

  expect(await listApplied(world.home)).toMatchObject([
    { undoId: applied.undoId, label: 'Feature', wasCutOff: false },
  ]);
  expectValue(await session.undo(applied.undoId));
  expect(world.personsState()).toEqual(meanwhile);
  expect(existsSync(inProject(world, 'deep'))).toBe(false);
  expect(await session.undo(applied.undoId)).toMatchObject({
    ok: false,
    error: { code: 'nothing_to_undo' },
  });
});

test('what the person had not committed is not applied a second time', async () => {
  using world = openWorkingFolder();
  world.write(inProject(world, 'shop.ts'), 'of the person\n');
  world.write(inProject(world, 'new.ts'), 'of the person\n');
  const session = await work(world, (cwd) => world.write(join(cwd, 'agent.ts'), 'x\n'));
  rmSync(inProject(world, 'new.ts'));
  writeFileSync(inProject(world, 'shop.ts'), 'changed again\n');
  const plan = await session.plan();
  expect(plan.files.map(({ path }) => path)).toEqual(['agent.ts']);
  expectValue(await session.apply(plan.planId));
  expect(existsSync(inProject(world, 'new.ts'))).toBe(false);
  expect(read(world, 'shop.ts')).toBe('changed again\n');
});

test('with a conflict nothing is changed, unless markers are wanted', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'by the agent\n');
    world.write(join(cwd, 'fine.ts'), 'fine\n');
  });
  writeFileSync(inProject(world, 'shop.ts'), 'by the person\n');
  const before = world.personsState();
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([{ path: 'shop.ts', kind: 'contents' }]);
  const refused = await session.apply(plan.planId);
  expect(refused).toMatchObject({ ok: false, error: { code: 'apply_conflicts' } });
  expect(world.personsState()).toEqual(before);
  const applied = expectValue(await session.apply(plan.planId, 'markers'));
  expect(applied.conflicts).toEqual(['shop.ts']);
  expect(read(world, 'shop.ts')).toBe(
    '<<<<<<< your folder\nby the person\n=======\nby the agent\n>>>>>>> the agents\n',
  );
  expect(existsSync(inProject(world, 'fine.ts'))).toBe(true);
  expectValue(await session.undo(applied.undoId));
  expect(world.personsState()).toEqual(before);
});

test('a file that git ignores is never written over, and a link never followed', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, '.gitignore'), '');
    world.write(join(cwd, '.env'), 'by the agent\n');
    world.write(join(cwd, 'build', 'app.js'), 'by the agent\n');
  });
  world.write(inProject(world, '.env'), 'KEY=1\n');
  mkdirSync(world.at('outside'));
  symlinkSync(world.at('outside'), inProject(world, 'build'));
  const plan = await session.plan();
  expect(plan.conflicts).toContainEqual({ path: '.env', kind: 'in-the-way' });
  const hasBuild = plan.conflicts.some(({ path }) => path.startsWith('build'));
  expect(hasBuild).toBe(true);
  for (const choice of ['refuse', 'markers'] as const)
    expect((await session.apply(plan.planId, choice)).ok).toBe(false);
  expect(read(world, '.env')).toBe('KEY=1\n');
  expect(readdirSync(world.at('outside'))).toEqual([]);
});

test('a plan that the person did not see is not carried out', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => world.write(join(cwd, 'shop.ts'), 'agent\n'));
  const plan = await session.plan();
  // An edit elsewhere does not matter; one in a planned file does.
  writeFileSync(inProject(world, 'src/cart.ts'), 'elsewhere\n');
  expect((await session.plan()).planId).toBe(plan.planId);
  writeFileSync(inProject(world, 'shop.ts'), 'saved meanwhile\n');
  const answer = await session.apply(plan.planId);
  expect(answer).toMatchObject({ ok: false, error: { code: 'plan_outdated' } });
  expect(read(world, 'shop.ts')).toBe('saved meanwhile\n');
});

test('files that changed after they were applied are not undone, and neither are the others', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'new.ts'), 'agent\n');
  });
  const applied = expectValue(await session.apply((await session.plan()).planId));
  writeFileSync(inProject(world, 'new.ts'), 'the person went on\n');
  const answer = await session.undo(applied.undoId);
  expect(answer).toMatchObject({ ok: false, error: { code: 'undo_conflict' } });
  expect(read(world, 'shop.ts')).toBe('agent\n');
  expect(read(world, 'new.ts')).toBe('the person went on\n');
});

test('what a crash cut off in the middle is taken back whole', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'new.ts'), 'agent\n');
    rmSync(join(cwd, 'src', 'cart.ts'));
  });
  const before = world.personsState();
  const { undoId } = expectValue(await session.apply((await session.plan()).planId));
  // As it is when only some of the files were written.
  const record = await readUndoRecord(world.home, undoId ?? '');
  if (record === null) throw new Error('no record');
  await writeUndoRecord(world.home, { ...record, state: 'applying' });
  rmSync(inProject(world, 'new.ts'));
  expect(await listApplied(world.home)).toMatchObject([{ wasCutOff: true }]);
  expectValue(await session.undo(undoId));
  expect(world.personsState()).toEqual(before);
});

test('a disk that refuses in the middle leaves the folder as it was', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    world.write(join(cwd, 'a.ts'), 'agent\n');
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'src', 'deep', 'z.ts'), 'agent\n');
  });
  const plan = await session.plan();
  const before = world.personsState();
  // A file of this name cannot become a folder, and appears only after the plan was made again.
  const original = inProject(world, 'src/deep');
  const record = await recordOf(world, session, plan.planId);
  writeFileSync(original, 'in the way\n');
  await expect(carryOut(world.home, record)).rejects.toMatchObject({
    failure: { code: 'apply_failed' },
  });
  rmSync(original);
  expect(world.personsState()).toEqual(before);
});

/** A record as it is just before anything is written. */
async function recordOf(
  world: WorkingFolder,
  session: Awaited<ReturnType<typeof work>>,
  planId: string,
) {
  const { undoId } = expectValue(await session.apply(planId));
  const record = await readUndoRecord(world.home, undoId ?? '');
  if (record === null) throw new Error('no record');
  expectValue(await session.undo(undoId));
  return await writeUndoRecord(world.home, { ...record, state: 'applying' });
}

test('a folder becomes a file and a file a folder, and back', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => {
    rmSync(join(cwd, 'src'), { recursive: true });
    world.write(join(cwd, 'src'), 'a file now\n');
    rmSync(join(cwd, 'shop.ts'));
    world.write(join(cwd, 'shop.ts', 'index.ts'), 'a folder now\n');
  });
  const before = world.personsState();
  const applied = expectValue(await session.apply((await session.plan()).planId));
  expect(read(world, 'src')).toBe('a file now\n');
  expect(read(world, 'shop.ts/index.ts')).toBe('a folder now\n');
  expectValue(await session.undo(applied.undoId));
  expect(world.personsState()).toEqual(before);
});

test('line ends, and who may read a file, stay as the person has them', async () => {
  using world = openWorkingFolder();
  world.inProject('config', 'core.autocrlf', 'true');
  writeFileSync(inProject(world, 'src/cart.ts'), 'one\r\ntwo\r\nthree\r\n');
  chmodSync(inProject(world, 'src/cart.ts'), 0o600);
  const session = await work(world, (cwd) =>
    world.write(join(cwd, 'src', 'cart.ts'), 'one\r\ntwo\r\nthree\r\nfour\r\n'),
  );
  const plan = await session.plan();
  expect(plan.files.map(({ path }) => path)).toEqual(['src/cart.ts']);
  const applied = expectValue(await session.apply(plan.planId));
  expect(read(world, 'src/cart.ts')).toBe('one\r\ntwo\r\nthree\r\nfour\r\n');
  expect(lstatSync(inProject(world, 'src/cart.ts')).mode & 0o777).toBe(0o600);
  expectValue(await session.undo(applied.undoId));
  expect(read(world, 'src/cart.ts')).toBe('one\r\ntwo\r\nthree\r\n');
});

test('a file that the person moved is changed where it is now', async () => {
  using world = openWorkingFolder();
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');
  world.write(inProject(world, 'long.ts'), lines);
  world.inProject('add', '--all');
  world.inProject('commit', '--quiet', '-m', 'Long');
  const session = await work(world, (cwd) =>
    world.write(join(cwd, 'long.ts'), lines.replace('line 3\n', 'line three\n')),
  );
  world.inProject('mv', 'long.ts', 'moved.ts');
  const plan = await session.plan();
  expect(plan.files).toMatchObject([{ path: 'moved.ts', action: 'modify' }]);
});

test('what can be undone is forgotten after a while, but not what was cut off', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => world.write(join(cwd, 'new.ts'), 'agent\n'));
  const { undoId } = expectValue(await session.apply((await session.plan()).planId));
  await pruneApplied(world.home, 1_000, Date.now());
  expect(await listApplied(world.home)).toHaveLength(1);
  await pruneApplied(world.home, 1_000, Date.now() + 10_000);
  expect(await listApplied(world.home)).toEqual([]);
  expect(await session.undo(undoId)).toMatchObject({ ok: false });
});

test('a folder without the commits, and one without git, are told', async () => {
  using world = openWorkingFolder();
  const session = await work(world, (cwd) => world.write(join(cwd, 'new.ts'), 'agent\n'));
  mkdirSync(world.at('plain'));
  const plain = await planApply({ ...session.request, folder: world.at('plain') });
  expect(plain).toMatchObject({ ok: false, error: { code: 'folder_without_git' } });
  world.git(
    world.at(),
    'clone',
    '--quiet',
    '--no-local',
    '--single-branch',
    world.project,
    'clone',
  );
  const clone = await planApply({ ...session.request, folder: world.at('clone') });
  expect(clone).toMatchObject({ ok: false, error: { code: 'commit_missing' } });
});
