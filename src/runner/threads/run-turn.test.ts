import { expect, test } from 'vitest';
import type { Workspace } from '../workspace-port.ts';
import { notToldYet } from './run-turn.ts';

const workspace = (notices: string[], conflicts: string[] = []): Workspace => ({
  cwd: '/worktree',
  repositoryRoot: '/shop',
  branch: 'cerevisor/shop-writer-1',
  baseCommit: 'base',
  snapshotCommit: null,
  notices,
  conflicts,
});

test('a further turn tells what is new about its working folder, and nothing twice', () => {
  const first = workspace(['2 files were included.'], ['a.ts']);
  expect(notToldYet(first, null)).toEqual(first);
  const again = workspace([...first.notices, 'The branch was deleted.'], ['a.ts']);
  expect(notToldYet(again, first)).toEqual(workspace(['The branch was deleted.']));
  expect(notToldYet(first, first)).toEqual(workspace([]));
});
