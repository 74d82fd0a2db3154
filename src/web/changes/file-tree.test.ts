import { expect, test } from 'vitest';
import type { ChangedFileView } from '../../contract/changes.ts';
import { filterFiles, groupByFolder, sortByPath } from './file-tree.ts';

const file = (path: string, oldPath: string | null = null): ChangedFileView => ({
  path,
  oldPath,
  status: oldPath === null ? 'modified' : 'renamed',
  kind: 'file',
  additions: 1,
  deletions: 0,
  isBinary: false,
  isExecutable: false,
  oldSizeBytes: 1,
  newSizeBytes: 2,
});

const files = [
  file('src/cart/total.ts'),
  file('README.md'),
  file('src/cart/add.ts', 'lib/insert.ts'),
  file('src/page.tsx'),
];

test('groups files by folder, those of the top folder first', () => {
  const folders = groupByFolder(files).map(({ folder, files: inside }) => [
    folder,
    inside.map(({ path }) => path),
  ]);
  expect(folders).toEqual([
    ['', ['README.md']],
    ['src', ['src/page.tsx']],
    ['src/cart', ['src/cart/add.ts', 'src/cart/total.ts']],
  ]);
});

test('sorts numbers in names numerically', () => {
  const paths = ['f100.md', 'f20.md', 'F3.md', 'v10/a.ts', 'v9/a.ts'].map((path) => file(path));
  const ordered = groupByFolder(paths).flatMap((folder) => folder.files.map(({ path }) => path));
  expect(ordered).toEqual(['F3.md', 'f20.md', 'f100.md', 'v9/a.ts', 'v10/a.ts']);
  expect(sortByPath(paths).map(({ path }) => path)).toEqual(ordered);
});

test.each([
  ['', 4],
  ['  ', 4],
  ['CART', 2],
  ['ts cart', 2],
  ['insert', 1],
  ['.*', 0],
])('the filter "%s" matches %i files', (filter, count) => {
  expect(filterFiles(files, filter)).toHaveLength(count);
});
