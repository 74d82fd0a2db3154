import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { SystemWorld } from '../../testing/system-world.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A trial that is over: only new cloud runs are refused, and no trick brings it back. */
let world: SystemWorld;
let clock: string;
let underWay: string;
let toCancel: string;

beforeAll(async () => {
  world = await SystemWorld.open();
  clock = path.join(world.folder, 'clock');
  setClock(0);
  world.environment.CEREVISOR_TEST_CLOCK = clock;
  world.environment.NODE_OPTIONS = `--import=${new URL('shifted-clock.mjs', import.meta.url)}`;
  underWay = await world.begin(relay(world.repository));
  toCancel = await world.begin(oneAgent(world.repository, ['wait 1000h']));
  for (const id of [underWay, toCancel]) {
    await world.until(id, ({ agents }) => agents[0]?.status === 'running');
  }
  await world.run('stop');
  beginTrialAt(Date.now() - 8 * DAY_MS);
  await world.run('start');
});
afterAll(() => world.close());

const licenseFile = () => path.join(world.home, 'license.json');
const setClock = (shiftMs: number) => writeFileSync(clock, String(shiftMs));

function beginTrialAt(firstStartAt: number): void {
  const record = JSON.parse(readFileSync(licenseFile(), 'utf8'));
  writeFileSync(licenseFile(), JSON.stringify({ ...record, firstStartAt }));
}

async function expectRefusal(): Promise<void> {
  const file = world.write(oneAgent(world.repository, ['say Never.']));
  const ended = await world.run('run', file, '--detach', '--json');
  expect(ended.code, ended.stderr).toBe(3);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'license_required' } });
  expect(ended.stderr).toContain('cerevisor license activate KEY');
  expect(await world.json('license', 'status')).toMatchObject({ canStartCloudRuns: false });
}

test('a run is refused with exit code 3 and nothing is started', async () => {
  const before = (await world.client.sessions({ all: true })).total;
  await expectRefusal();
  const answer = world.client.start({ workflow: oneAgent(world.repository, ['say Never.']) });
  await expect(answer).rejects.toMatchObject({ code: 'license_required', status: 402 });
  expect((await world.client.sessions({ all: true })).total).toBe(before);
});

test('a session in progress continues to its end, including agents that had not started', async () => {
  const reconnected = world.run('reconnect', underWay);
  await world.finishRuns(underWay);
  const ended = await reconnected;
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  const { agents } = await world.client.session(underWay);
  expect(agents.map(({ status }) => status)).toEqual(['completed', 'completed']);
});

test('cancelling, artifacts, logs, export and dismissing are not gated', async () => {
  expect(await world.json('cancel', toCancel)).toMatchObject({ confirmed: true });
  expect((await world.run('artifacts', underWay, '--refetch')).code).toBe(0);
  expect((await world.run('logs', underWay)).code).toBe(0);
  expect((await world.run('export', underWay, '-o', 'out.zip')).code).toBe(0);
  expect((await world.run('dismiss', underWay)).code).toBe(0);
});

test('neither a clock set back nor a lost record nor both restore the trial', async () => {
  await world.run('stop');
  setClock(-30 * DAY_MS);
  await expectRefusal();
  await world.run('stop');
  rmSync(licenseFile());
  await expectRefusal();
  await world.run('stop');
  writeFileSync(licenseFile(), 'damaged');
  setClock(0);
  await expectRefusal();
});

test('a wrong key is refused and changes nothing', async () => {
  const ended = await world.run('license', 'activate', 'not-a-key');
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/license|license/i);
  await expectRefusal();
});

const relay = (url: string) => ({
  version: '1.0',
  id: 'relay',
  name: 'Relay',
  agents: [
    { id: 'a', name: 'First', instructions: '```rehearse\nwait 1h\nsay Done.\n```' },
    { id: 'b', name: 'Second', instructions: '```rehearse\nsay Done.\n```' },
  ],
  connections: [{ id: 'c', source: 'a', target: 'b' }],
  settings: { runMode: 'cloud', cloud: { repos: [{ url }] } },
});
