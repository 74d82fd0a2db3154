import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { readEvents, streamsOf } from '../../testing/ledger.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** A laptop that sleeps, a network that is gone, processes that die: each is an interruption, none is a loss. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open();
  await world.run('start');
});
afterAll(() => world.close());

const worker = (...script: string[]) => oneAgent(world.repository, script);
const ten = 'one two three four five six seven eight nine ten';
const untilRunning = (id: string) =>
  world.until(id, ({ agents }) => agents[0]?.status === 'running');

/** Finished, created once, and every frame kept once and in order. */
async function expectWhole(at: SystemWorld, id: string, result: string): Promise<void> {
  const session = await at.settled(id);
  expect(session).toMatchObject({ status: 'finished', agents: [{ result, attempt: 1 }] });
  const ledger = await at.ledger();
  const own = ledger.agents.filter(({ id: agent }) => agent === session.agents[0]?.cursorAgentId);
  expect(own).toMatchObject([{ creates: { accepted: 1 }, runs: [{ status: 'FINISHED' }] }]);
  const { sent, stored } = streamsOf({ agents: own }, await readEvents(at.client, id));
  expect(stored).toEqual(sent);
}

const SLEEP_MS = 26_000;

test('the daemon catches up after it or the network was suspended for half a minute', async () => {
  const network = await SystemWorld.open();
  const script = ['say Early.', 'wait 1h', `say ${ten}`];
  const asleep = await world.begin(worker(...script));
  const cut = await network.begin(oneAgent(network.repository, script));
  await untilRunning(asleep);
  await network.until(cut, ({ agents }) => agents[0]?.status === 'running');
  process.kill(world.daemonPid, 'SIGSTOP');
  network.cloudProcess.kill('SIGSTOP');
  await world.finishRuns(asleep);
  await wait(SLEEP_MS); // The wall clock is the subject.
  expect((await network.client.session(cut)).status).toBe('running');
  process.kill(world.daemonPid, 'SIGCONT');
  network.cloudProcess.kill('SIGCONT');
  await network.finishRuns(cut);
  await expectWhole(world, asleep, `Early.${ten}`);
  await expectWhole(network, cut, `Early.${ten}`);
  await network.close();
});

test('the rehearsal cloud is killed and restarted in the middle', async () => {
  const id = await world.begin(worker('say Early.', 'wait 1h', `say ${ten}`));
  await untilRunning(id);
  await world.killCloud();
  const isAway = (status: string | undefined) => status === 'reconnecting' || status === 'unknown';
  const away = await world.until(id, ({ agents }) => isAway(agents[0]?.status));
  expect(away.agents[0]?.statusDetail).toEqual(expect.any(String));
  await world.startCloud();
  await world.finishRuns(id);
  await expectWhole(world, id, `Early.${ten}`);
});

test('a run that is started while the cloud is unreachable begins when it is reachable', async () => {
  await world.killCloud();
  const id = await world.begin(worker('say Done.'));
  const { status } = await world.until(id, ({ agents }) => agents[0]?.statusDetail != null);
  expect(['running', 'waiting']).toContain(status);
  await world.startCloud();
  await expectWhole(world, id, 'Done.');
});

test('the daemon is killed and starts on another port, and the attached run continues to follow', async () => {
  const file = world.write(worker('say Early.', 'wait 3s', `say ${ten}`));
  const watching = world.start('run', file, '--json');
  await watching.waitForOutput('"type":"Launched"');
  const before = readFileSync(`${world.home}/daemon.json`, 'utf8');
  await world.killDaemon();
  const started = await world.json<{ url: string }>('start', '--port', '0');
  expect(before).not.toContain(`"port":${new URL(started.url).port}`);
  const { code, stdout } = await watching.ended;
  expect(code).toBe(0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  await expectWhole(world, events[0].sessionId, `Early.${ten}`);
});

test.skipIf(!existsSync('/proc/self/stat'))(
  'the SDK host is killed in the middle of a launch, and one agent is launched',
  async () => {
    await world.fault(
      { operation: 'createAgent', nth: 1, times: 1 },
      { kind: 'hang', when: 'after' },
    );
    const id = await world.begin(worker('say Done.'));
    await expect.poll(async () => (await world.ledger()).agents.some(isOf(id))).toBe(true);
    const hosts = sdkHosts();
    expect(hosts).not.toEqual([]);
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    await expectWhole(world, id, 'Done.');
  },
);

const isOf =
  (id: string) =>
  ({ metadata }: { metadata: Readonly<Record<string, string>> }) =>
    Object.values(metadata).includes(id);

/** Children of the daemon that run the SDK. */
function sdkHosts(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const afterName = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1) ?? '';
        const isChild = Number(afterName.split(' ')[1]) === world.daemonPid;
        // `sdk-host/host.ts` among the sources, `host.mjs` in the bundle.
        return isChild && /\bhost\.(ts|mjs)/.test(readFileSync(`/proc/${name}/cmdline`, 'utf8'));
      } catch {
        return false; // It has ended between the two looks.
      }
    })
    .map(Number);
}
