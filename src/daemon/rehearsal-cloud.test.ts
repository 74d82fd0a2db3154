import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';
import { isAlive } from '../lib/process.ts';
import { RehearsalCloud } from './rehearsal-cloud.ts';
import { ensureSampleShop, sampleShopPath } from './sample-shop.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function openIn(home: string): Promise<RehearsalCloud> {
  const opened = await RehearsalCloud.open(home, log);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

/** Kills the rehearsal cloud of this home folder, and waits until it has exited. */
async function end(home: string): Promise<void> {
  const { pid } = JSON.parse(readFileSync(join(home, 'rehearsal', 'rehearsal.json'), 'utf8'));
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
}

test('starts a rehearsal cloud once, and restarts it at the same address', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-rehearsal-'));
  const first = await openIn(home);
  const again = await openIn(home);
  expect(again.url).toBe(first.url);
  const repositories = await fetch(`${first.url}/v1/repositories`, {
    headers: { authorization: 'Bearer any' },
  });
  expect(await repositories.text()).toContain('cerevisor/sample-shop');
  await end(home);
  const restarted = await openIn(home);
  expect(restarted.url).toBe(first.url);
  await end(home);
  removeFolder(home);
});

test('starts without git, and creates the sample repository once git is installed', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-rehearsal-'));
  const { PATH } = process.env;
  process.env.PATH = join(home, 'nothing');
  try {
    const first = await openIn(home);
    expect(existsSync(sampleShopPath(home))).toBe(false);
    process.env.PATH = PATH;
    expect((await openIn(home)).url).toBe(first.url);
    expect(existsSync(sampleShopPath(home))).toBe(true);
  } finally {
    process.env.PATH = PATH;
  }
  await end(home);
  removeFolder(home);
});

test.skipIf(process.platform === 'win32')(
  'waits for a running rehearsal cloud that does not respond, and does not start a second one',
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'cerevisor-rehearsal-'));
    const first = await openIn(home);
    const { url } = first;
    expect(await first.suspension()).toBe(null);
    const pidOf = () =>
      JSON.parse(readFileSync(join(home, 'rehearsal', 'rehearsal.json'), 'utf8')).pid;
    const pid = pidOf();
    process.kill(pid, 'SIGSTOP');
    const suggestion = expect.stringContaining(`kill -CONT ${pid}`);
    await expect.poll(() => first.suspension()).toMatchObject({ suggestion });
    const again = openIn(home);
    // Longer than the timeout of one health check.
    await expect(fetch(url, { signal: AbortSignal.timeout(3_000) })).rejects.toThrow('timeout');
    process.kill(pid, 'SIGCONT');
    expect((await again).url).toBe(url);
    expect(pidOf()).toBe(pid);
    await end(home);
    removeFolder(home);
  },
);

test('creates a sample repository with the same commits on every machine', async () => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-shop-'));
  const path = await ensureSampleShop(home);
  expect(await ensureSampleShop(home)).toBe(path);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', path, ...words], { encoding: 'utf8' }).trim();
  expect(git('log', '--format=%s').split('\n')).toEqual([
    'Turn a cart into an order',
    'Add a cart with a total',
    'Start a small shop',
  ]);
  expect(git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('main');
  expect(git('show', 'main:README.md')).toContain('# Sample shop');
  removeFolder(home);
});
