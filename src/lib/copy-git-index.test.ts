import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyGitIndex } from './copy-git-index.ts';

test('a copy of the index is not newer than the index', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-index-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [index, copy] = [join(folder, 'index'), join(folder, 'copy')];
  writeFileSync(index, 'content');
  utimesSync(index, 1_700_000_000.9, 1_700_000_000.9);
  await copyGitIndex(index, copy, 0);
  expect(statSync(copy).mtimeMs).toBe(1_700_000_000_000);
});
