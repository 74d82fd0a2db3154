import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectValue, inProject, read, workIn } from '../../testing/agent-work.ts';
import { openWorkingFolder } from '../../testing/working-folder.ts';
import { undoApply } from './undo.ts';

/* The same on every disk. To try one that ignores case, set TMPDIR to a folder on it. */

const names = (folder: string) =>
  readdirSync(folder).filter((name) => /^(readme|docs)/i.test(name));

/** A session whose agent renames a file and a folder in a way that only git on a disk with case can commit. */
async function renamed(content: string) {
  const world = openWorkingFolder();
  const { project } = world;
  world.write(join(project, 'Readme.md'), 'read me\n');
  world.write(join(project, 'Docs', 'a.md'), 'a\n');
  world.git(project, 'add', '.');
  world.git(project, 'commit', '-qm', 'Docs');
  const session = await workIn(world, (cwd) => {
    world.git(cwd, 'mv', '-f', 'Readme.md', 'README.md');
    renameSync(join(cwd, 'Docs'), join(cwd, 'docs.tmp'));
    mkdirSync(join(cwd, 'docs'));
    renameSync(join(cwd, 'docs.tmp', 'a.md'), join(cwd, 'docs', 'a.md'));
    world.git(cwd, 'rm', '-q', '--cached', 'Docs/a.md');
    world.git(cwd, 'add', 'docs/a.md');
    if (content !== '') writeFileSync(join(cwd, 'README.md'), content);
  });
  return { world, project, session };
}

test.each([
  ['unchanged', '', 'read me\n'],
  ['changed', 'READ ME\n', 'READ ME\n'],
])('a file that was renamed only in case and is %s is applied and undone', async (_, text, now) => {
  const { world, project, session } = await renamed(text);
  using _world = world;
  const plan = await session.plan();
  expect(plan.conflicts).toEqual([]);
  const applied = expectValue(await session.apply(plan.planId));
  expect(names(project)).toEqual(['README.md', 'docs']);
  expect(read(world, 'README.md')).toBe(now);
  expect(read(world, 'docs/a.md')).toBe('a\n');
  expectValue(await undoApply({ home: world.home, undoIds: [applied.undoId ?? ''] }));
  expect(names(project)).toEqual(['Docs', 'Readme.md']);
  expect(read(world, 'Readme.md')).toBe('read me\n');
  expect(inProject(world, 'Docs/a.md')).toContain('Docs');
});
