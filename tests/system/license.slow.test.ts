import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { Stage } from '../../testing/stage.ts';

const DAY_MS = 24 * 60 * 60_000;

/** A trial that is over: only new cloud runs are refused, and no trick brings it back. */
let stage: Stage;
let clock: string;
let underWay: string;
let toCancel: string;

beforeAll(async () => {
  stage = await Stage.open();
  clock = path.join(stage.folder, 'clock');
  setClock(0);
  stage.environment.CEREVISOR_TEST_CLOCK = clock;
  stage.environment.NODE_OPTIONS = `--import=${new URL('shifted-clock.mjs', import.meta.url)}`;
  underWay = await stage.begin(relay(stage.repository));
  toCancel = await stage.begin(oneAgent(stage.repository, ['wait 1h']));
  for (const id of [underWay, toCancel]) {
    await stage.until(id, ({ agents }) => agents[0]?.status === 'running');
  }
  await stage.run('stop');
  beginTrialAt(Date.now() - 8 * DAY_MS);
  await stage.run('start');
});
afterAll(() => stage.close());

const licenseFile = () => path.join(stage.home, 'license.json');
const setClock = (shiftMs: number) => writeFileSync(clock, String(shiftMs));

function beginTrialAt(firstStartAt: number): void {
  const record = JSON.parse(readFileSync(licenseFile(), 'utf8'));
  writeFileSync(licenseFile(), JSON.stringify({ ...record, firstStartAt }));
}

async function expectRefusal(): Promise<void> {
  const file = stage.write(oneAgent(stage.repository, ['say Never.']));
  const ended = await stage.run('run', file, '--detach', '--json');
  expect(ended.code, ended.stderr).toBe(3);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'license_required' } });
  expect(ended.stderr).toContain('cerevisor license activate KEY');
  expect(await stage.json('license', 'status')).toMatchObject({ canStartCloudRuns: false });
}

test('a run is refused with exit code 3 and nothing is started', async () => {
  const before = (await stage.client.sessions({ all: true })).total;
  await expectRefusal();
  const answer = stage.client.start({ workflow: oneAgent(stage.repository, ['say Never.']) });
  await expect(answer).rejects.toMatchObject({ code: 'license_required', status: 402 });
  expect((await stage.client.sessions({ all: true })).total).toBe(before);
});

test('what was in progress continues to its end, with agents that had not started', async () => {
  const ended = await stage.run('reconnect', underWay);
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  const { agents } = await stage.client.session(underWay);
  expect(agents.map(({ status }) => status)).toEqual(['completed', 'completed']);
});

test('cancelling, artifacts, logs, export and dismissing are not gated', async () => {
  expect(await stage.json('cancel', toCancel)).toMatchObject({ confirmed: true });
  expect((await stage.run('artifacts', underWay, '--refetch')).code).toBe(0);
  expect((await stage.run('logs', underWay)).code).toBe(0);
  expect((await stage.run('export', underWay, '-o', 'out.zip')).code).toBe(0);
  expect((await stage.run('dismiss', underWay)).code).toBe(0);
});

test('neither a clock set back, nor a lost record, nor both bring the trial back', async () => {
  await stage.run('stop');
  setClock(-30 * DAY_MS);
  await expectRefusal();
  await stage.run('stop');
  rmSync(licenseFile());
  await expectRefusal();
  await stage.run('stop');
  writeFileSync(licenseFile(), 'damaged');
  setClock(0);
  await expectRefusal();
});

test('a wrong key is refused and changes nothing', async () => {
  const ended = await stage.run('license', 'activate', 'not-a-key');
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/license|license/i);
  await expectRefusal();
});

const relay = (url: string) => ({
  version: '1.0',
  id: 'relay',
  name: 'Relay',
  agents: [
    { id: 'a', name: 'First', instructions: '```rehearse\nwait 8s\nsay Done.\n```' },
    { id: 'b', name: 'Second', instructions: '```rehearse\nsay Done.\n```' },
  ],
  connections: [{ id: 'c', source: 'a', target: 'b' }],
  settings: { runMode: 'cloud', cloud: { repos: [{ url }] } },
});
