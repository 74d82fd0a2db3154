import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Creates an empty folder, which is removed after the last test of the file. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-test-'));
  folders.push(folder);
  return folder;
}
