import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneAgent, threeWaves } from '../../testing/engine-workflows.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** Longer than any window, laptop battery or SDK timeout: two hours is where the SDK gives up. */
const SCALE = 3600;
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open({ flags: ['--time-scale', String(SCALE)] });
});
afterAll(() => world.close());

test('a run of four hours finishes with its complete transcript', async () => {
  const hours = ['one', 'two', 'three', 'four'];
  const script = hours.flatMap((hour) => ['wait 1h', `say Hour ${hour}.`]);
  const ended = await world.run('run', world.write(oneAgent(world.repository, script)), '--json');
  expect(ended.code, ended.stderr).toBe(0);
  const [session] = await world.json<{ id: string; agents: { result: string }[] }[]>('sessions');
  expect(session?.agents[0]?.result).toBe(hours.map((hour) => `Hour ${hour}.`).join(''));
  const [run] = (await world.ledger()).agents.flatMap(({ runs }) => runs);
  expect(run?.status).toBe('FINISHED');
  // An event's id begins with its time.
  const times = (run?.events ?? []).flatMap(({ id }) =>
    id === null ? [] : [Number.parseInt(id, 10)],
  );
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3 * 3_600_000);
});

test('a workflow whose first wave takes four hours continues with the next automatically', async () => {
  const slow = ['', '', '```rehearse', 'wait 4h', 'conclude', '```'].join('\n');
  const id = await world.begin(threeWaves(world.repository, slow));
  const session = await world.settled(id);
  expect(session.status).toBe('finished');
  expect(session.agents.map(({ status }) => status)).toEqual(Array(4).fill('completed'));
});

test('a run that expires at Cursor fails with that reason', async () => {
  const file = world.write(oneAgent(world.repository, ['say Early.', 'wait 3h', 'expire']));
  const ended = await world.run('run', file);
  expect(ended.code).toBe(1);
  expect(ended.stdout).toMatch(/expire/i);
});
