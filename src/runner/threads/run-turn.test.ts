import { expect, test } from 'vitest';
import type { Workspace } from '../workspace-port.ts';
import { newNotices } from './run-turn.ts';

const workspace = (notices: string[], conflicts: string[] = []): Workspace => ({
  cwd: '/worktree',
  repositoryRoot: '/shop',
  branch: 'cerevisor/shop-writer-1',
  baseCommit: 'base',
  snapshotCommit: null,
  notices,
  conflicts,
});

test('a further turn reports only notices and conflicts that are new', () => {
  const first = workspace(['2 files were included.'], ['a.ts']);
  expect(newNotices(first, null)).toEqual(first);
  const again = workspace([...first.notices, 'The branch was deleted.'], ['a.ts']);
  expect(newNotices(again, first)).toEqual(workspace(['The branch was deleted.']));
  expect(newNotices(first, first)).toEqual(workspace([]));
});
