import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeExclusiveLock } from './exclusive-lock.ts';

test('one at a time has it, and the next one once it is released', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-'));
  const path = join(folder, 'lock.db');
  const first = takeExclusiveLock(path);
  expect(first).not.toBeNull();
  expect(takeExclusiveLock(path)).toBeNull();
  first?.release();
  const second = takeExclusiveLock(path);
  expect(second).not.toBeNull();
  second?.release();
  const broken = join(folder, 'broken.db');
  writeFileSync(
    broken,
    'this is no lock, and long enough for nobody to take it for one'.repeat(20),
  );
  expect(() => takeExclusiveLock(broken)).toThrow();
  rmSync(folder, { recursive: true });
});
