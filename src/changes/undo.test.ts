import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectValue, inProject, read, workIn } from '../../testing/agent-work.ts';
import { openWorkingFolder } from '../../testing/working-folder.ts';
import { listApplied, pruneApplied } from './undo.ts';
import { readUndoRecord, writeUndoRecord } from './undo-record.ts';

const DAY_MS = 24 * 60 * 60_000;

test('if a file has changed since, nothing is undone', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'new.ts'), 'agent\n');
  });
  const applied = expectValue(await session.apply((await session.plan()).planId));
  writeFileSync(inProject(world, 'new.ts'), 'the person went on\n');
  const result = await session.undo(applied.undoId);
  expect(result).toMatchObject({ ok: false, error: { code: 'undo_conflict' } });
  expect(read(world, 'shop.ts')).toBe('agent\n');
  expect(read(world, 'new.ts')).toBe('the person went on\n');
});

test('an interrupted apply is undone completely', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => {
    world.write(join(cwd, 'shop.ts'), 'agent\n');
    world.write(join(cwd, 'new.ts'), 'agent\n');
    rmSync(join(cwd, 'src', 'cart.ts'));
  });
  const before = world.userState();
  const { undoId } = expectValue(await session.apply((await session.plan()).planId));
  // As it is when only some of the files were written.
  const record = await readUndoRecord(world.home, undoId ?? '');
  if (record === null) throw new Error('no record');
  await writeUndoRecord(world.home, { ...record, state: 'applying' });
  rmSync(inProject(world, 'new.ts'));
  expect(await listApplied(world.home)).toMatchObject([{ wasCutOff: true }]);
  expectValue(await session.undo(undoId));
  expect(world.userState()).toEqual(before);
});

test('undo records are removed after a while', async () => {
  using world = openWorkingFolder();
  const session = await workIn(world, (cwd) => world.write(join(cwd, 'new.ts'), 'agent\n'));
  const { undoId } = expectValue(await session.apply((await session.plan()).planId));
  await pruneApplied(world.home, DAY_MS, Date.now());
  expect(await listApplied(world.home)).toHaveLength(1);
  await pruneApplied(world.home, DAY_MS, Date.now() + 2 * DAY_MS);
  expect(await listApplied(world.home)).toEqual([]);
  expect(await session.undo(undoId)).toMatchObject({ ok: false });
});
