import { expect, test } from 'vitest';
import type { LocalSummary } from '../../contract/preflight-views.ts';
import { paint } from '../terminal/lines.ts';
import { localSummaryLines } from './local-summary.ts';

const summary: LocalSummary = {
  folder: '/home/me/shop',
  folderSource: 'workflow-file',
  branch: 'main',
  uncommittedFiles: 2,
  carriesUncommitted: true,
  isolation: 'worktree',
  agentsAtOnce: 3,
  waitingAgents: 0,
  memoryBytes: 750_000_000,
  setup: ['npm ci'],
  copy: ['.env'],
  sandbox: false,
  enforcement: ['Commands run without asking.'],
  permissions: [],
  permissionRules: 0,
  pushTo: null,
};

const textOf = (change: Partial<LocalSummary> = {}): string =>
  localSummaryLines({ ...summary, ...change })
    .map((each) => paint(each, { color: false, unicode: true }))
    .join('\n');

test('shows where agents work, what they start from, and what they may do', () => {
  expect(textOf()).toBe(
    [
      'Folder   /home/me/shop (the repository of the workflow file)',
      'Branch   main with 2 uncommitted files, which agents start with',
      'Work in  a git worktree and a branch for each agent; the folder is not changed',
      'Parallel at most 3 agents, with about 750 MB of memory',
      'Setup    npm ci',
      'Copied   .env',
      'Sandbox  off: agents can write wherever you can',
      '         Commands run without asking.',
    ].join('\n'),
  );
});

test('shows that agents change the folder itself, and omits settings for worktrees', () => {
  const text = textOf({ isolation: 'in-place', sandbox: true, pushTo: 'https://example.com/shop' });
  expect(text).toContain('the folder itself, one agent at a time');
  expect(text).toContain('2 uncommitted files, which agents see and change');
  expect(text).toContain('on: agents write only inside their working folder');
  expect(text).toContain('to https://example.com/shop');
  expect(text).not.toMatch(/npm ci|\.env/);
  expect(textOf({ carriesUncommitted: false })).toContain('which agents do not see');
  expect(textOf({ branch: null })).not.toContain('Branch');
});
