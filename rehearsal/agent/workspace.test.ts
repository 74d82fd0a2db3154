import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../testing/test-folder.ts';
import { Workspace } from './workspace.ts';
import { WorkspaceError } from './workspace-path.ts';

const open = () => {
  const folder = testFolder();
  const workspace = new Workspace(join(folder, 'agent'), []);
  mkdirSync(workspace.root, { recursive: true });
  return { folder, workspace };
};

it("writes and reads files by relative paths and by paths on Cursor's machines", async () => {
  const { workspace } = open();
  await workspace.write('deep/er/a.txt', 'x');
  expect(await workspace.read('/workspace/deep/er/a.txt')).toBe('x');
  expect(readFileSync(join(workspace.root, 'deep/er/a.txt'), 'utf8')).toBe('x');
});

it.each(['../out.txt', '/etc/passwd', 'a/../../out.txt', '.git/config', 'a/.GIT/hooks/x', 'a\0b'])(
  'rejects the path %j',
  async (path) => {
    await expect(open().workspace.write(path, 'x')).rejects.toThrow(path.slice(0, 3));
  },
);

it('does not follow links out of the workspace, and creates no folders behind them', async () => {
  const { folder, workspace } = open();
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(workspace.root, 'link'));
  symlinkSync(join(outside, 'file'), join(workspace.root, 'file'));
  for (const path of ['link/a.txt', 'link/new/a.txt', 'file']) {
    await expect(workspace.write(path, 'x')).rejects.toThrow('leads out');
  }
});

it('rejects a link that refers to itself', async () => {
  const { workspace } = open();
  symlinkSync(join(workspace.root, 'self'), join(workspace.root, 'self'));
  await expect(workspace.read('self/a.txt')).rejects.toThrow(WorkspaceError);
});
