import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { removeFolder } from './remove-folder.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) removeFolder(folder);
});

/** Creates an empty folder, which is removed after the last test of the file. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-test-'));
  folders.push(folder);
  return folder;
}
