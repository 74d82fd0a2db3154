import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../testing/working-folder.ts';
import type { Result } from '../lib/expected-failure.ts';
import { openWorkspaces } from '../runner/workspace/workspaces.ts';
import { readChanges } from './files.ts';
import { missingOutputs } from './missing-outputs.ts';
import { readPatch } from './patch.ts';
import { sessionChanges } from './session-changes.ts';
import { sessionStart } from './session-start.ts';
import { unresolvedFiles } from './unresolved.ts';

function expectValue<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** A commit on top of another one, made in the working tree of the person. */
function commitOn(world: WorkingFolder, base: string, files: Record<string, string | null>) {
  world.inProject('checkout', '--quiet', '--detach', base);
  for (const [name, text] of Object.entries(files)) {
    if (text === null) world.inProject('rm', '--quiet', name);
    else world.write(join(world.project, name), text);
  }
  world.inProject('add', '--all');
  world.inProject('commit', '--quiet', '--allow-empty', '-m', Object.keys(files).join());
  return world.inProject('rev-parse', 'HEAD');
}

const repositoryOf = (world: WorkingFolder) => ({ owner: 'user', folder: world.project }) as const;
const contextOf = ({ environment }: WorkingFolder) => ({ environment });

test('every kind of change is reported, with lines, sizes and ids', async () => {
  using world = openWorkingFolder();
  const long = Array.from({ length: 50 }, (_, index) => `line ${index}`).join('\n');
  const base = commitOn(world, 'main', { 'old name.ts': long, 'run.sh': 'echo\n', gone: 'x\n' });
  symlinkSync('shop.ts', join(world.project, 'link'));
  chmodSync(join(world.project, 'run.sh'), 0o755);
  writeFileSync(join(world.project, 'picture.bin'), Buffer.from([0, 1, 2, 255, 0]));
  world.inProject('mv', 'old name.ts', 'new\tnäme.ts');
  const head = commitOn(world, 'HEAD', { 'src/cart.ts': 'one\n2\nthree\n', gone: null });
  const changes = expectValue(
    await readChanges({ repository: repositoryOf(world), base, head }, contextOf(world)),
  );
  const byPath = Object.fromEntries(changes.files.map((file) => [file.path, file]));
  expect(Object.keys(byPath).sort()).toEqual(
    ['gone', 'link', 'new\tnäme.ts', 'picture.bin', 'run.sh', 'src/cart.ts'].sort(),
  );
  expect(byPath['src/cart.ts']).toMatchObject({ status: 'modified', additions: 1, deletions: 1 });
  expect(byPath.gone).toMatchObject({ status: 'deleted', newId: null, oldSizeBytes: 2 });
  expect(byPath.link).toMatchObject({ kind: 'link', status: 'added', oldId: null });
  expect(byPath['new\tnäme.ts']).toMatchObject({ status: 'renamed', oldPath: 'old name.ts' });
  expect(byPath['picture.bin']).toMatchObject({ isBinary: true, additions: null, newSizeBytes: 5 });
  expect(byPath['run.sh']).toMatchObject({
    isExecutable: true,
    wasExecutable: false,
    hasSameContents: true,
  });
  expect(changes).toMatchObject({ fileCount: 6, additions: 2, deletions: 2 });
});

test("a patch covers one file, whatever its name and the user's settings", async () => {
  using world = openWorkingFolder();
  const head = commitOn(world, 'main', { '*.ts': 'star\n', 'shop.ts': 'changed\n' });
  const repository = repositoryOf(world);
  const request = { repository, base: 'main', head };
  const star = expectValue(await readPatch({ ...request, path: '*.ts' }, contextOf(world)));
  expect(star.text).toContain('+star');
  expect(star.text).not.toContain('changed');
  const shop = expectValue(await readPatch({ ...request, path: 'shop.ts' }, contextOf(world)));
  expect(shop.text).toContain('--- a/shop.ts\n+++ b/shop.ts\n');
});

test('a large patch is truncated between lines', async () => {
  using world = openWorkingFolder();
  const head = commitOn(world, 'main', { 'large.txt': 'a line of text\n'.repeat(100_000) });
  const repository = repositoryOf(world);
  const request = { repository, base: 'main', head, path: 'large.txt', maxCharacters: 10_000 };
  const patch = expectValue(await readPatch(request, contextOf(world)));
  expect(patch.isCut).toBe(true);
  expect(patch.text.length).toBeLessThan(2_000_000);
  expect(patch.text.endsWith('+a line of text\n')).toBe(true);
});

test('git can apply whole patches, even if a folder became a file', async () => {
  using world = openWorkingFolder();
  const base = commitOn(world, 'main', { 'dir/inside.ts': 'x\n', place: 'y\n' });
  world.inProject('rm', '--quiet', '-r', 'dir', 'place');
  const binary = '\0'.repeat(100);
  const long = 'a line that is repeated\n'.repeat(40_000);
  const head = commitOn(world, 'HEAD', {
    dir: 'a file\n',
    'place/now.ts': 'y\n',
    'logo.bin': binary,
    'long.ts': long,
  });
  const repository = repositoryOf(world);
  const { files } = expectValue(await readChanges({ repository, base, head }, contextOf(world)));
  const patches: string[] = [];
  for (const { path, oldPath } of files) {
    const request = { repository, base, head, path, oldPath, isWhole: true };
    const { text, isCut } = expectValue(await readPatch(request, contextOf(world)));
    expect([isCut, text.match(/^diff --git/gm)?.length]).toEqual([false, 1]);
    patches.push(text);
  }
  world.inProject('checkout', '--quiet', '--detach', base);
  world.write(world.at('all.patch'), patches.join(''));
  world.inProject('apply', '--index', world.at('all.patch'));
  expect(world.inProject('diff', '--cached', '--stat', head)).toBe('');
});

test('the changes of a session are the work of its last agents, with a stable commit', async () => {
  using world = openWorkingFolder();
  const first = commitOn(world, 'main', { 'first.ts': 'first\n' });
  const left = commitOn(world, first, { 'left.ts': 'left\n' });
  const right = commitOn(world, first, { 'right.ts': 'right\n', 'shop.ts': 'right\n' });
  const request = {
    repository: repositoryOf(world),
    base: world.inProject('rev-parse', 'main'),
    heads: [
      { agentName: 'First', commit: first },
      { agentName: 'Left', commit: left },
      { agentName: 'Right', commit: right },
    ],
  };
  const once = expectValue(await sessionChanges(request, contextOf(world)));
  expect(once.changes.files.map(({ path }) => path)).toEqual([
    'first.ts',
    'left.ts',
    'right.ts',
    'shop.ts',
  ]);
  expect(once.conflicts).toEqual([]);
  expect(expectValue(await sessionChanges(request, contextOf(world))).head).toBe(once.head);
  world.inProject('branch', 'left', left);
  const named = [{ agentName: 'Left', commit: 'refs/heads/left' }, ...request.heads.slice(2)];
  const byName = expectValue(await sessionChanges({ ...request, heads: named }, contextOf(world)));
  expect(byName.changes.fileCount).toBe(4);
  const none = expectValue(await sessionChanges({ ...request, heads: [] }, contextOf(world)));
  expect(none).toMatchObject({ head: request.base, changes: { fileCount: 0 } });
});

test('conflicting files are reported with both agents', async () => {
  using world = openWorkingFolder();
  const left = commitOn(world, 'main', { 'shop.ts': 'left\n', 'src/cart.ts': null });
  const right = commitOn(world, 'main', { 'shop.ts': 'right\n', 'src/cart.ts': 'changed\n' });
  const heads = [
    { agentName: 'Left', commit: left },
    { agentName: 'Right', commit: right },
  ];
  const request = { repository: repositoryOf(world), base: 'main', heads };
  const { conflicts } = expectValue(await sessionChanges(request, contextOf(world)));
  expect(conflicts).toEqual([
    { path: 'shop.ts', kind: 'contents', agentNames: ['Left', 'Right'] },
    { path: 'src/cart.ts', kind: 'modify/delete', agentNames: ['Left', 'Right'] },
  ]);
});

test('missing declared outputs are reported', async () => {
  using world = openWorkingFolder();
  const commit = commitOn(world, 'main', { 'docs/plan.md': 'plan\n', 'app/out.json': '{}\n' });
  world.write(join(world.project, 'build', 'app.js'), 'ignored\n');
  const repository = repositoryOf(world);
  const outputs = [
    './docs/plan.md',
    'docs',
    'docs/*.md',
    'build/app.js',
    'docs/missing.md',
    '**/*.csv',
  ];
  const request = { repository, commit, outputs, cwd: world.project };
  expect(expectValue(await missingOutputs(request))).toEqual(['docs/missing.md', '**/*.csv']);
  const inside = { repository, commit, outputs: ['out.json'], inside: 'app' };
  expect(expectValue(await missingOutputs(inside))).toEqual([]);
});

test('a missing commit is returned as a failure', async () => {
  using world = openWorkingFolder();
  const repository = repositoryOf(world);
  const result = await readChanges({ repository, base: 'main', head: 'f'.repeat(40) });
  expect(result).toMatchObject({ ok: false, error: { code: 'git_failed' } });
  const gone = { owner: 'user', folder: world.at('nowhere') } as const;
  expect(await readChanges({ repository: gone, base: 'main', head: 'main' })).toMatchObject({
    ok: false,
    error: { code: 'folder_missing' },
  });
});

test('the start of a session is read from its refs', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'new.ts'), 'of the person\n');
  const repository = repositoryOf(world);
  const sessionId = 's_0123456789abcdef';
  expect(expectValue(await sessionStart({ repository, sessionId }))).toBe(null);
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const prepared = await workspaces.prepareWorkspace(world.request(), recordItems().calls);
  if (!prepared.ok) throw new Error(prepared.error.message);
  expect(expectValue(await sessionStart({ repository, sessionId }))).toEqual({
    base: prepared.value.baseCommit,
    headCommit: world.inProject('rev-parse', 'HEAD'),
    snapshotCommit: prepared.value.snapshotCommit,
  });
});

test('unresolved conflict markers are found, but not similar text', async () => {
  using world = openWorkingFolder();
  const base = world.inProject('rev-parse', 'main');
  const conflict = 'one\n<<<<<<< A\nours\n=======\ntheirs\n>>>>>>> B\nthree\n';
  const head = commitOn(world, 'main', {
    'src/cart.ts': conflict,
    'näme "q".ts': conflict.replaceAll('\n', '\r\n'),
    'README.md': 'Heading\n=======\n\nOther x\n=======\n',
    'trailing.ts': 'blanks at the end   \n',
  });
  const range = { repository: repositoryOf(world), base, head };
  const found = expectValue(await unresolvedFiles(range, contextOf(world)));
  expect([...found].sort()).toEqual(['näme "q".ts', 'src/cart.ts']);
  const clean = { ...range, base: head };
  expect(expectValue(await unresolvedFiles(clean, contextOf(world)))).toEqual([]);
});
