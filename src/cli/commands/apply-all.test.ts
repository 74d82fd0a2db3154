import { expect, test } from 'vitest';
import type { ApplyAllPlanView } from '../../contract/changes.ts';
import { folderPlanLines, notAppliedLines } from '../render/changes.ts';
import { confirmationQuestion, formatApplied } from './apply-all.ts';

const file = { path: 'a.ts', action: 'create' as const, isDirty: false, isLink: false };
const here = {
  folder: '/work/shop',
  branch: 'main',
  work: [
    { repoUrl: '/work/shop', place: 'local' as const, agentNames: ['Planner', 'Tester'] },
    { repoUrl: 'https://github.com/acme/shop', place: 'cloud' as const, agentNames: ['Builder'] },
  ],
  files: [file, { ...file, path: 'b.ts' }],
  conflicts: [],
  notices: [],
  isWorkedInPlace: false,
};
const plan: ApplyAllPlanView = {
  planId: 'p',
  folders: [here, { ...here, folder: '/work/api', work: here.work.slice(1), files: [file] }],
  left: [],
};
const left = {
  ...{ repoUrl: 'https://github.com/acme/docs', place: 'cloud' as const, agentNames: ['Writer'] },
  code: 'folder_unnamed' as const,
  message: 'No clone of it on this machine is known.',
  suggestion: 'To apply it to a clone: `cerevisor apply 3f9a1c2e --repo … --folder DIR`',
};
const textOf = (lines: ReturnType<typeof folderPlanLines>) =>
  lines.map((parts) => parts.map(({ text }) => text).join(''));

test('asks once for all folders, and mentions what is left out', () => {
  expect(confirmationQuestion(plan)).toBe('Change 3 files in 2 folders?');
  expect(confirmationQuestion({ ...plan, folders: [here], left: [left] })).toBe(
    'Change 2 files in /work/shop, and leave out the rest?',
  );
  expect(confirmationQuestion({ ...plan, folders: [{ ...here, files: [] }] })).toBeNull();
});

test('shows whose work each folder receives, and why the rest is not applied', () => {
  expect(textOf(folderPlanLines(here))[0]).toBe(
    '/work/shop  on branch main  Planner and Tester, on this machine; Builder, in the cloud: acme/shop',
  );
  expect(textOf(folderPlanLines({ ...here, files: [] }))[1]).toBe('  has these changes already');
  expect(textOf(notAppliedLines(left))).toEqual([
    'Not applied: Writer in https://github.com/acme/docs',
    '  No clone of it on this machine is known.',
    `  ${left.suggestion}`,
  ]);
});

test('shows how many files were changed in each folder', () => {
  const done = (folder: string, count: number) => ({
    undoId: 'u',
    folder,
    files: Array.from({ length: count }, () => file),
    conflicts: [],
  });
  expect(formatApplied({ folders: [done('/a', 1), done('/b', 0), done('/c', 2)] })).toBe(
    'Changed 1 file in /a and 2 files in /c.',
  );
  const marked = { ...done('/d', 4), conflicts: ['a.ts', 'b.ts'] };
  expect(formatApplied({ folders: [marked] })).toBe(
    'Changed 4 files in /d (2 with conflict markers).',
  );
});
