import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHousekeeping } from './housekeeping.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

test('removes fetched branches that nobody has looked at for two weeks, and no others', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-house-'));
  const now = Date.now();
  const fetched = (name: string, days: number): string => {
    const path = join(home, 'fetched-branches', name);
    mkdirSync(path, { recursive: true });
    const at = new Date(now - days * 24 * 60 * 60_000);
    utimesSync(path, at, at);
    return path;
  };
  const old = fetched('old.git', 15);
  const young = fetched('young.git', 13);
  try {
    await startHousekeeping(home, silent, () => now)();
    expect(existsSync(old)).toBe(false);
    expect(existsSync(young)).toBe(true);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
