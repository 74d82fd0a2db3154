import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startHousekeeping } from './housekeeping.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

test('removes only fetched branches that were not used for two weeks', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-house-'));
  const now = Date.now();
  const createFetched = (name: string, days: number): string => {
    const path = join(home, 'fetched-branches', name);
    mkdirSync(path, { recursive: true });
    const at = new Date(now - days * 24 * 60 * 60_000);
    utimesSync(path, at, at);
    return path;
  };
  const old = createFetched('old.git', 15);
  const recent = createFetched('recent.git', 13);
  try {
    await startHousekeeping(home, silent, () => now)();
    expect(existsSync(old)).toBe(false);
    expect(existsSync(recent)).toBe(true);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
