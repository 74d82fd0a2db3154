import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { SystemWorld } from '../../testing/system-world.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Clocks are set, wrongly and in the middle of everything; what was promised does not hang on them. */
let world: SystemWorld;
let clock: string;
beforeAll(async () => {
  world = await SystemWorld.open();
  clock = path.join(world.folder, 'clock');
  setClock(0);
  world.environment.CEREVISOR_TEST_CLOCK = clock;
  world.environment.NODE_OPTIONS = `--import=${new URL('shifted-clock.mjs', import.meta.url)}`;
  await world.run('start');
});
afterEach(() => setClock(0));
afterAll(() => world.close());

const setClock = (shiftMs: number) => writeFileSync(clock, String(shiftMs));
const worker = (...script: string[]) => oneAgent(world.repository, script);
/** On a machine that stands still for a while the work may be over by then, and has to be whole all the same. */
const untilRunning = (id: string) =>
  world.until(id, ({ agents }) => ['running', 'completed'].includes(agents[0]?.status ?? ''));
const untilDeferred = (id: string) =>
  world.until(
    id,
    ({ agents }) => agents[0]?.statusDetail != null || agents[0]?.status === 'completed',
  );

async function expectWhole(id: string, result: string): Promise<void> {
  const session = await world.settled(id);
  expect(session).toMatchObject({ status: 'finished', agents: [{ result, attempt: 1 }] });
  const { items } = await world.client.sessionEvents(id, { limit: 2000 });
  expect(items.map(({ seq }) => seq)).toEqual(items.map((_, index) => index + 1));
  const known = (await world.ledger()).agents.find(
    (agent) => agent.id === session.agents[0]?.cursorAgentId,
  );
  expect(known?.creates.accepted).toBe(1);
}

describe.each([
  ['forward by a day', DAY_MS],
  ['back by a day', -DAY_MS],
])("this machine's clock is set %s", (_, shiftMs) => {
  test('while an agent works', async () => {
    const id = await world.begin(worker('say Early.', 'wait 3s', 'say Late.'));
    await untilRunning(id);
    setClock(shiftMs);
    await expectWhole(id, 'Early.Late.');
  });

  test('while a launch waits out a 429', async () => {
    await world.fault(
      { operation: 'createAgent', nth: 1, times: 1 },
      { kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 2 },
    );
    const id = await world.begin(worker('say Done.'));
    await untilDeferred(id);
    setClock(shiftMs);
    await expectWhole(id, 'Done.');
  });

  test('while nothing runs', async () => {
    await world.fault(
      { operation: 'createAgent', nth: 1, times: 1 },
      { kind: 'error', code: 'rate_limit_exceeded', retryAfterSeconds: 2 },
    );
    const waiting = await world.begin(worker('say Done.'));
    await untilDeferred(waiting);
    const working = await world.begin(worker('say Early.', 'wait 3s', 'say Late.'));
    await untilRunning(working);
    await world.run('stop');
    setClock(shiftMs);
    await world.run('start');
    await expectWhole(working, 'Early.Late.');
    await expectWhole(waiting, 'Done.');
  });
});

test("Cursor's clock jumps by more than the time that it keeps streams for", async () => {
  const id = await world.begin(worker('say Early.', 'wait 26h', 'say Late.'));
  await untilRunning(id);
  // A jump counts only for a wait that has begun, so it is repeated until it met one.
  const jump = async () => {
    await world.jump('26h');
    return (await world.client.session(id)).status;
  };
  await expect.poll(jump, { timeout: 120_000, interval: 1_000 }).toBe('finished');
  await expectWhole(id, 'Early.Late.');
});

test('a run whose stream has expired is reported from its record, with the gap', async () => {
  const id = await world.begin(worker('say Early.', 'wait 1h', 'say Late.'));
  await untilRunning(id);
  await world.killDaemon();
  await world.finishRuns(id);
  await world.jump('26h');
  await world.run('start');
  const session = await world.settled(id);
  expect(session).toMatchObject({ status: 'finished', agents: [{ result: 'Early.Late.' }] });
  const { items } = await world.client.sessionEvents(id, { limit: 2000 });
  expect(items.some(({ type }) => /gap/i.test(type))).toBe(true);
});
