import { expect, test } from 'vitest';
import { changeNotes } from './change-notes.ts';
import type { ChangedFileView } from './changes.ts';

const file = (changes: Partial<ChangedFileView>): ChangedFileView => ({
  path: 'run.sh',
  oldPath: null,
  status: 'modified',
  kind: 'file',
  additions: 1,
  deletions: 1,
  isBinary: false,
  isExecutable: false,
  wasExecutable: false,
  hasSameContents: false,
  oldSizeBytes: 2000,
  newSizeBytes: 3000,
  ...changes,
});
const moved = { status: 'renamed', oldPath: 'old.sh', hasSameContents: true } as const;

test('a change that its diff shows completely has no notes', () => {
  expect(changeNotes(file({}))).toEqual([]);
  expect(changeNotes(file({ status: 'added', newSizeBytes: 5 }))).toEqual([]);
});

test('a move says whether the mode changed too, also of a file that is not text', () => {
  expect(changeNotes(file(moved))).toEqual(['The file was moved; its contents did not change.']);
  expect(changeNotes(file({ ...moved, isBinary: true, isExecutable: true }))).toEqual([
    'The file is now executable.',
    'The file was moved; its contents did not change.',
  ]);
  expect(changeNotes(file({ ...moved, hasSameContents: false, isExecutable: true }))).toEqual([
    'The file is now executable.',
  ]);
});

test('a change of the mode says in which direction', () => {
  expect(changeNotes(file({ wasExecutable: true, hasSameContents: true }))).toEqual([
    'The file is no longer executable.',
    'The contents did not change.',
  ]);
});

test('a change of the type says what the path is now', () => {
  expect(changeNotes(file({ status: 'type-changed', kind: 'link' }))).toEqual([
    'It is now a symbolic link.',
  ]);
});

test('files that are not text, and empty ones, have a size instead of a diff', () => {
  expect(changeNotes(file({ isBinary: true }))).toEqual([
    'Binary file, 2.0 kB before and 3.0 kB now.',
  ]);
  expect(changeNotes(file({ status: 'added', oldSizeBytes: null, newSizeBytes: 0 }))).toEqual([
    'The file is new and empty.',
  ]);
  expect(changeNotes(file({ status: 'deleted', oldSizeBytes: 0, newSizeBytes: null }))).toEqual([
    'The file was empty.',
  ]);
});

test('what an earlier version sends has no note about what it did not send', () => {
  const { wasExecutable, hasSameContents, ...earlier } = file({ isExecutable: true });
  expect([wasExecutable, hasSameContents, changeNotes(earlier)]).toEqual([false, false, []]);
});
