import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectValue, inProject, read, workIn } from '../../testing/agent-work.ts';
import { openWorkingFolder, type WorkingFolder } from '../../testing/working-folder.ts';
import { apply, applyRecord } from './apply.ts';
import { planApply } from './plan-apply.ts';
import { listApplied } from './undo.ts';
import { readUndoRecord, writeUndoRecord } from './undo-record.ts';

test('changes are applied only to the files, and undone byte for byte', async () => {
  using world = openWorkingFolder();
  world.write(inProject(world, 'untracked.ts'), 'of the person\n');
  world.write(inProject(world, 'src/cart.ts'), 'one\ntwo\nthree\nfour of the person\n');
  const before = world.userState();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'src', 'cart.ts'), 'one by the agent\ntwo\nthree\nfour of the person\n');
    world.write(join(cwd, 'deep', 'new', 'näme\n.ts'), 'new\n');
    rmSync(join(cwd, 'shop.ts'));
    symlinkSync('src/cart.ts', join(cwd, 'link'));
    world.write(join(cwd, 'run.sh'), 'echo\n');
    chmodSync(join(cwd, 'run.sh'), 0o755);
  });
  // Meanwhile the user edits the same file.
  writeFileSync(inProject(world, 'src/cart.ts'), 'one\ntwo\nthree\nfour and five\n');
  const meanwhile = world.userState();
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([]);
  expect(plan.files.map(({ path, action, isDirty }) => [path, action, isDirty])).toEqual([
    ['deep/new/näme\n.ts', 'create', false],
    ['link', 'create', false],
    ['run.sh', 'create', false],
    ['shop.ts', 'delete', false],
    ['src/cart.ts', 'modify', true],
  ]);
  expect(world.userState()).toEqual(meanwhile);

  const applied = expectValue(await session.apply(plan.planId));
  expect(read(world, 'src/cart.ts')).toBe('one by the agent\ntwo\nthree\nfour and five\n');
  expect(read(world, 'deep/new/näme\n.ts')).toBe('new\n');
  expect(readlinkSync(inProject(world, 'link'))).toBe('src/cart.ts');
  expect(statSync(inProject(world, 'run.sh')).mode & 0o100).toBe(0o100);
  expect(existsSync(inProject(world, 'shop.ts'))).toBe(false);
  expect({ ...world.userState(), files: null }).toEqual({ ...before, files: null });
  // After applying there is nothing left to apply.
  expect((await session.plan()).files).toEqual([]);

  expect(await listApplied(world.home)).toMatchObject([
    { undoId: applied.undoId, label: 'Feature', wasCutOff: false },
  ]);
  expectValue(await session.undo(applied.undoId));
  expect(world.userState()).toEqual(meanwhile);
  expect(existsSync(inProject(world, 'deep'))).toBe(false);
  expect(await session.undo(applied.undoId)).toMatchObject({
    ok: false,
    error: { code: 'nothing_to_undo' },
  });
});

test('uncommitted changes of the user are not applied a second time', async () => {
  using world = openWorkingFolder();
  world.write(inProject(world, 'shop.ts'), 'of the person\n');
  world.write(inProject(world, 'new.ts'), 'of the person\n');
  const session = await workIn(world, (cwd) => world.write(join(cwd, 'agent.ts'), 'x\n'));
  rmSync(inProject(world, 'new.ts'));
  writeFileSync(inProject(world, 'shop.ts'), 'changed again\n');
  const plan = await session.plan();
  expect(plan.files.map(({ path }) => path)).toEqual(['agent.ts']);
  expectValue(await session.apply(plan.planId));
  expect(existsSync(inProject(world, 'new.ts'))).toBe(false);
  expect(read(world, 'shop.ts')).toBe('changed again\n');
});

test('a conflict changes nothing, unless markers are requested', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'by the agent\n');
    world.write(join(cwd, 'fine.ts'), 'fine\n');
  });
  writeFileSync(inProject(world, 'shop.ts'), 'by the person\n');
  const before = world.userState();
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([{ path: 'shop.ts', kind: 'contents' }]);
  const refused = await session.apply(plan.planId);
  expect(refused).toMatchObject({ ok: false, error: { code: 'apply_conflicts' } });
  expect(world.userState()).toEqual(before);
  const applied = expectValue(await session.apply(plan.planId, 'markers'));
  expect(applied.conflicts).toEqual(['shop.ts']);
  expect(await listApplied(world.home)).toMatchObject([{ markedCount: 1 }]);
  expect(read(world, 'shop.ts')).toBe(
    '<<<<<<< your folder\nby the person\n=======\nby the agent\n>>>>>>> the agents\n',
  );
  expect(existsSync(inProject(world, 'fine.ts'))).toBe(true);
  expectValue(await session.undo(applied.undoId));
  expect(world.userState()).toEqual(before);
});

test('counts the files that contain conflict markers in the work itself', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), '<<<<<<< One\na\n=======\nb\n>>>>>>> Two\n');
    world.write(join(cwd, 'fine.ts'), 'fine\n');
  });
  const { planId } = await session.plan();
  const marked = ['shop.ts', 'not-in-the-plan.ts'];
  const applied = expectValue(
    await apply(
      { ...session.request, planId, label: 'Feature', onConflict: 'markers', marked },
      { environment: world.environment },
    ),
  );
  expect(applied.conflicts).toEqual(['shop.ts']);
  expect(await listApplied(world.home)).toMatchObject([{ markedCount: 1 }]);
});

test('a plan names the branch that is checked out, and is outdated on another one', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => world.write(join(cwd, 'fine.ts'), 'fine\n'));
  const plan = await session.plan();
  expect(plan.branch).toBe('main');
  world.git(world.project, 'switch', '--quiet', '--create', 'other');
  expect(await session.apply(plan.planId)).toMatchObject({
    ok: false,
    error: { code: 'plan_outdated' },
  });
  world.git(world.project, 'switch', '--quiet', '--detach');
  expect((await session.plan()).branch).toBeNull();
});

test('ignored files are never overwritten, and links never followed', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
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

test.each([
  ['a file where the person has a folder', 'new.txt', 'new.txt/mine.txt'],
  ['a folder where the person has a file', 'new.txt/theirs.txt', 'new.txt'],
])(
  '%s is reported as in the way under its own name, and nothing is changed',
  async (_, theirs, ours) => {
    using world = openWorkingFolder();
    const session = await workIn(world, (cwd) => world.write(join(cwd, theirs), 'agent\n'));
    world.write(inProject(world, ours), 'person\n');
    const before = world.userState();
    const plan = await session.plan();
    expect(plan.conflicts).toEqual([{ path: 'new.txt', kind: 'in-the-way' }]);
    expect(plan.files.filter(({ path }) => path.includes('~'))).toEqual([]);
    for (const choice of ['refuse', 'markers'] as const)
      expect(await session.apply(plan.planId, choice)).toMatchObject({
        ok: false,
        error: { code: 'apply_conflicts' },
      });
    expect(world.userState()).toEqual(before);
  },
);

test('an outdated plan is not applied', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => world.write(join(cwd, 'shop.ts'), 'agent\n'));
  const plan = await session.plan();
  // Only edits of planned files matter.
  writeFileSync(inProject(world, 'src/cart.ts'), 'elsewhere\n');
  expect((await session.plan()).planId).toBe(plan.planId);
  writeFileSync(inProject(world, 'shop.ts'), 'saved meanwhile\n');
  const result = await session.apply(plan.planId);
  expect(result).toMatchObject({ ok: false, error: { code: 'plan_outdated' } });
  expect(read(world, 'shop.ts')).toBe('saved meanwhile\n');
});

test('a disk error in the middle leaves the folder unchanged', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'a.ts'), 'agent\n');
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'src', 'deep', 'z.ts'), 'agent\n');
  });
  const plan = await session.plan();
  const before = world.userState();
  // A file of this name cannot become a folder, and appears only after the plan was made again.
  const original = inProject(world, 'src/deep');
  const record = await recordOf(world, session, plan.planId);
  writeFileSync(original, 'in the way\n');
  await expect(applyRecord(world.home, record)).rejects.toMatchObject({
    failure: { code: 'apply_failed' },
  });
  rmSync(original);
  expect(world.userState()).toEqual(before);
});

/** A record in the state before anything is written. */
async function recordOf(
  world: WorkingFolder,
  session: Awaited<ReturnType<typeof workIn>>,
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
  const session = await workIn(world, (cwd) => {
    rmSync(join(cwd, 'src'), { recursive: true });
    world.write(join(cwd, 'src'), 'a file now\n');
    rmSync(join(cwd, 'shop.ts'));
    world.write(join(cwd, 'shop.ts', 'index.ts'), 'a folder now\n');
  });
  const before = world.userState();
  const applied = expectValue(await session.apply((await session.plan()).planId));
  expect(read(world, 'src')).toBe('a file now\n');
  expect(read(world, 'shop.ts/index.ts')).toBe('a folder now\n');
  expectValue(await session.undo(applied.undoId));
  expect(world.userState()).toEqual(before);
});

test("the user's line endings and file permissions are preserved", async () => {
  using world = openWorkingFolder();
  world.inProject('config', 'core.autocrlf', 'true');
  writeFileSync(inProject(world, 'src/cart.ts'), 'one\r\ntwo\r\nthree\r\n');
  chmodSync(inProject(world, 'src/cart.ts'), 0o600);
  const session = await workIn(world, (cwd) =>
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

test('a file that the user moved is changed at its new path', async () => {
  using world = openWorkingFolder();
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('');
  world.write(inProject(world, 'long.ts'), lines);
  world.inProject('add', '--all');
  world.inProject('commit', '--quiet', '-m', 'Long');
  const session = await workIn(world, (cwd) =>
    world.write(join(cwd, 'long.ts'), lines.replace('line 3\n', 'line three\n')),
  );
  world.inProject('mv', 'long.ts', 'moved.ts');
  const plan = await session.plan();
  expect(plan.files).toMatchObject([{ path: 'moved.ts', action: 'modify' }]);
});

test('a folder without the commits, and one without git, are reported', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => world.write(join(cwd, 'new.ts'), 'agent\n'));
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

test.each(['--assume-unchanged', '--skip-worktree'])(
  'changes that the user hides from git with %s are not overwritten',
  async (flag) => {
    using world = openWorkingFolder();
    for (const name of ['shop.ts', 'src/cart.ts']) world.inProject('update-index', flag, name);
    writeFileSync(inProject(world, 'shop.ts'), 'hidden settings\n');
    writeFileSync(inProject(world, 'src/cart.ts'), 'one\ntwo\nthree hidden\n');
    const before = world.userState();
    const session = await workIn(world, (cwd) => {
      world.write(join(cwd, 'shop.ts'), 'by the agent\n');
      world.write(join(cwd, 'src', 'cart.ts'), 'one by the agent\ntwo\nthree\n');
    });
    const plan = await session.plan();
    expect(plan.conflicts).toEqual([{ path: 'shop.ts', kind: 'contents' }]);
    expect((await session.apply(plan.planId)).ok).toBe(false);
    expect(world.userState()).toEqual(before);
    const applied = expectValue(await session.apply(plan.planId, 'markers'));
    expect(read(world, 'shop.ts')).toContain('hidden settings');
    expectValue(await session.undo(applied.undoId));
    expect(world.userState()).toEqual(before);
  },
);

test('files outside a sparse checkout are changed, and not taken for deleted by the user', async () => {
  using world = openWorkingFolder();
  world.inProject('sparse-checkout', 'set', '--cone', 'docs');
  expect(existsSync(inProject(world, 'src'))).toBe(false);
  const session = await workIn(world, (cwd) =>
    world.write(join(cwd, 'src', 'cart.ts'), 'by the agent\n'),
  );
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([]);
  expectValue(await session.apply(plan.planId));
  expect(read(world, 'src/cart.ts')).toBe('by the agent\n');
});
