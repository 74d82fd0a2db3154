import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireExclusiveLock } from './exclusive-lock.ts';

test('can be held once at a time, and acquired again after its release', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const path = join(folder, 'lock.db');
  const first = acquireExclusiveLock(path);
  expect(first).not.toBeNull();
  expect(acquireExclusiveLock(path)).toBeNull();
  first?.release();
  const second = acquireExclusiveLock(path);
  expect(second).not.toBeNull();
  second?.release();
  const broken = join(folder, 'broken.db');
  writeFileSync(
    broken,
    'This is not an SQLite file, and too long to be taken for an empty one.'.repeat(20),
  );
  expect(() => acquireExclusiveLock(broken)).toThrow();
  rmSync(folder, { recursive: true });
});
