import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitLookup } from './commits.ts';
import { ensureSampleShop, SAMPLE_SHOP_URL } from './sample-shop.ts';

const COMMIT = '0123456789012345678901234567890123456789';
const backendAt = (url: string, isRehearsal: boolean) =>
  ({ isRehearsal, provider: { backend: { url } } }) as Parameters<typeof commitLookup>[1]; // Only the members that it uses.
const { signal } = new AbortController();

// A script replaces git and records its environment.
test.skipIf(process.platform === 'win32')('does not pass the API key to git', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-commits-'));
  const programs = join(home, 'programs');
  const environmentFile = join(home, 'environment');
  mkdirSync(programs);
  const script = `#!/bin/sh\nenv > '${environmentFile}'\nprintf '${COMMIT}\\trefs/heads/main\\n'\n`;
  writeFileSync(join(programs, 'git'), script);
  chmodSync(join(programs, 'git'), 0o700);
  const environment = {
    PATH: `${programs}:${process.env.PATH}`,
    HOME: home,
    CURSOR_API_KEY: 'crsr_canary_0123456789',
  };
  const lookUp = commitLookup(home, backendAt('https://api.cursor.com', false), environment);
  // An IP address, so that no name has to be resolved.
  const found = await lookUp('https://140.82.121.4/acme/shop', ['main'], signal);
  expect(found.get('main')).toBe(COMMIT);
  expect(readFileSync(environmentFile, 'utf8')).toContain(`HOME=${home}`);
  expect(readFileSync(environmentFile, 'utf8')).not.toContain('canary');
  rmSync(home, { recursive: true, force: true });
});

test('finds the local sample repository, but only in a rehearsal', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-commits-'));
  const shop = await ensureSampleShop(home);
  const rehearsal = commitLookup(home, backendAt('http://127.0.0.1:4790', true));
  const main = execFileSync('git', ['-C', shop, 'rev-parse', 'main'], { encoding: 'utf8' }).trim();
  expect((await rehearsal(SAMPLE_SHOP_URL, ['main'], signal)).get('main')).toBe(main);
  expect((await rehearsal(shop, [null], signal)).get(null)).toBe(main);
  const cursor = commitLookup(home, backendAt('https://api.cursor.com', false));
  expect((await cursor(shop, ['main'], signal)).size).toBe(0);
  rmSync(home, { recursive: true, force: true });
});
