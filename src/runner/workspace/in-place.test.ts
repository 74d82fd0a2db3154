import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  openWorkingFolder,
  recordItems,
  type WorkingFolder,
} from '../../../testing/working-folder.ts';
import { folderStorePath } from '../../lib/folder-store.ts';
import { identityOf } from '../../lib/process.ts';
import type { WorkspaceRequest } from '../workspace-port.ts';
import { openWorkspaces } from './workspaces.ts';

async function openAgents(world: WorkingFolder) {
  const workspaces = await openWorkspaces({ home: world.home, environment: world.environment });
  const prepareRaw = (changes: Partial<WorkspaceRequest> = {}) =>
    workspaces.prepareWorkspace(
      world.request({ isolation: 'in-place', ...changes }),
      recordItems().calls,
    );
  return {
    workspaces,
    prepareRaw,
    prepare: async (changes: Partial<WorkspaceRequest> = {}) => {
      const answer = await prepareRaw(changes);
      if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
      return answer.value;
    },
  };
}

test('an agent in place works in the folder itself, and its changes are known by content', async () => {
  using world = openWorkingFolder();
  world.write(join(world.project, 'shop.ts'), 'half a thought of the person\n');
  world.inProject('add', '--all');
  const before = world.userState();
  const { workspaces, prepare } = await openAgents(world);
  const workspace = await prepare({ setup: ['touch never.txt'] });
  expect(workspace.cwd).toBe(world.project);
  world.write(join(world.project, 'src', 'cart.ts'), 'by the agent\n');
  world.write(join(world.project, 'new.ts'), 'by the agent\n');
  const committed = await workspaces.commitTurn(workspace, 'Turn');
  expect(committed).toMatchObject({ ok: true, value: { changedFiles: ['new.ts', 'src/cart.ts'] } });
  expect(existsSync(join(world.project, 'never.txt'))).toBe(false);
  const after = world.userState();
  expect({ ...after, files: null }).toEqual({ ...before, files: null });
  expect(world.inProject('show', `${workspace.baseCommit}:shop.ts`)).toBe(
    'half a thought of the person',
  );

  // The next agent starts with the current content.
  const second = await prepare({
    agentName: 'Reader',
    bases: [{ agentName: 'Writer', branch: workspace.branch ?? '' }],
  });
  expect(second.baseCommit).toBe(committed.ok && committed.value?.commit);
  expect(second.notices.join()).not.toContain('was not merged');
  expect(await workspaces.commitTurn(second, 'Nothing')).toEqual({ ok: true, value: null });
});

test('two agents never work in the same folder, in one below it, or in one behind a link', async () => {
  using world = openWorkingFolder();
  const { workspaces, prepareRaw, prepare } = await openAgents(world);
  const first = await prepare();
  symlinkSync(world.project, world.at('link'));
  for (const folder of [world.project, world.at('link'), join(world.project, 'src')]) {
    expect(await prepareRaw({ folder, sessionId: 's_other' })).toMatchObject({
      ok: false,
      error: { code: 'folder_in_use' },
    });
  }
  expect(await prepareRaw()).toMatchObject({ ok: true });
  await workspaces.commitTurn(first, 'Turn');
  expect(await prepareRaw({ sessionId: 's_other' })).toMatchObject({ ok: true });
});

/** The lock folders: of the home, and shared by all homes of the user. */
const lockFolders = (world: WorkingFolder) => [
  join(world.home, 'local-runs', 'folder-locks'),
  world.at('person', '.cache', 'cerevisor', 'folder-locks'),
];

function changeLocks(world: WorkingFolder, changes: object): void {
  for (const path of lockFolders(world)) {
    const [name = ''] = readdirSync(path);
    const lock = JSON.parse(readFileSync(join(path, name), 'utf8'));
    writeFileSync(join(path, name), JSON.stringify({ ...lock, ...changes }));
  }
}

test('a lock whose process has exited is ignored', async () => {
  using world = openWorkingFolder();
  const { prepare, prepareRaw } = await openAgents(world);
  await prepare();
  changeLocks(world, { process: { pid: 1, began: 'another start of the machine' } });
  expect(await prepareRaw({ sessionId: 's_other' })).toMatchObject({ ok: true });
});

test.runIf(process.platform === 'linux')(
  'agents of two homes never work in the same folder, and locks are removed at the end',
  async () => {
    using world = openWorkingFolder();
    const { workspaces, prepare } = await openAgents(world);
    const workspace = await prepare();
    // Simulates a lock of another process, which runs as long as this test.
    changeLocks(world, { process: identityOf(process.ppid) });
    const home = world.at('another home');
    mkdirSync(home);
    const other = await openAgents({ ...world, home });
    for (const folder of [world.project, join(world.project, 'src')])
      expect(await other.prepareRaw({ folder, sessionId: 's_fedcba9876543210' })).toMatchObject({
        ok: false,
        error: {
          code: 'folder_in_use',
          message: `Writer of session 01234567 (of ${world.home}) is working in ${world.project}.`,
        },
      });
    await workspaces.commitTurn(workspace, 'Turn');
    expect(lockFolders(world).flatMap((path) => readdirSync(path))).toEqual([]);
    const next = await other.prepare({ sessionId: 's_fedcba9876543210' });
    await other.workspaces.commitTurn(next, 'Turn');
    expect(lockFolders(world).flatMap((path) => readdirSync(path))).toEqual([]);
  },
);

test('a folder without git allows only in place, and its changes are known', async () => {
  using world = openWorkingFolder();
  const plain = world.at('plain');
  world.write(join(plain, 'notes.md'), 'notes\n');
  world.write(join(plain, 'film.mov'), Buffer.alloc(5_000));
  world.write(join(plain, 'node_modules', 'x', 'index.js'), 'x\n');
  const { workspaces, prepareRaw, prepare } = await openAgents(world);
  expect(await prepareRaw({ folder: plain, isolation: 'worktree' })).toMatchObject({
    ok: false,
    error: { code: 'folder_without_git' },
  });
  const workspace = await prepare({ folder: plain, sizeCapBytes: 2_000 });
  expect(workspace).toMatchObject({ cwd: plain, repositoryRoot: null, branch: null });
  expect(workspace.notices.join()).toContain('film.mov');
  world.write(join(plain, 'notes.md'), 'better notes\n');
  world.write(join(plain, 'large.bin'), Buffer.alloc(9_000));
  const committed = await workspaces.commitTurn(workspace, 'Turn');
  expect(committed).toMatchObject({ ok: true, value: { changedFiles: ['large.bin', 'notes.md'] } });
  const store = folderStorePath(world.home, plain);
  expect(world.git(store, 'show', `${workspace.baseCommit}:notes.md`)).toBe('notes');
  expect(existsSync(join(plain, '.git'))).toBe(false);
  expect(await workspaces.commitTurn(workspace, 'Again')).toEqual({ ok: true, value: null });
});

test('reports a missing folder, a file instead of a folder, and a missing git', async () => {
  using world = openWorkingFolder();
  const { prepareRaw } = await openAgents(world);
  for (const folder of [world.at('nowhere'), join(world.project, 'shop.ts')]) {
    for (const isolation of ['worktree', 'in-place'] as const)
      expect(await prepareRaw({ folder, isolation })).toMatchObject({
        ok: false,
        error: { code: 'folder_missing' },
      });
  }
  const empty = world.at('empty');
  mkdirSync(empty);
  const without = await openWorkspaces({ home: world.home, environment: { PATH: empty } });
  const answer = await without.prepareWorkspace(world.request(), recordItems().calls);
  expect(answer).toMatchObject({ ok: false, error: { code: 'git_missing' } });
});

test('reports at the end of the turn that the folder was deleted', async () => {
  using world = openWorkingFolder();
  const { workspaces, prepare } = await openAgents(world);
  const workspace = await prepare({ isolation: 'worktree' });
  rmSync(workspace.cwd, { recursive: true });
  expect(await workspaces.commitTurn(workspace, 'Turn')).toMatchObject({
    ok: false,
    error: { code: 'folder_missing' },
  });
});
