import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import type { FollowLine } from '../../src/runtimes/local/protocol.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  turnIdOf,
} from '../../testing/local/runner-world.ts';
import { until } from '../../testing/until.ts';

/** `ROUNDS=200 SEED=7 vitest run --project system tests/local/kill.slow.test.ts` for a long search. */
const ROUNDS = Number(process.env.ROUNDS ?? 6);
const SEED = Number(process.env.SEED ?? 1);

/** mulberry32: the same seed gives the same kills, as far as a real machine allows. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const itemsIn = (lines: readonly FollowLine[]) => lines.filter((line) => 'item' in line);

test(
  'whenever the runner and a host are killed, no reported event is lost and no effect is repeated',
  async () => {
    const random = seededRandom(SEED);
    await using world = new RunnerWorld();
    for (let round = 0; round < ROUNDS; round += 1) {
      const threadId = newThreadId();
      const effects = `effects-${round}`;
      const steps = Array.from({ length: 12 }, (_, index) => ({
        tool: 'shell',
        line: `line ${index}`,
        file: world.file(effects),
        takesMs: Math.floor(random() * 40),
      }));
      await world.start(threadId, [{ background: ['sleep', '1000'] }, ...steps]);
      const told: FollowLine[] = [];
      const reading = linesOfTurn(world.client, threadId, {
        shouldContinue: (line) => told.push(line) > 0,
      }).catch(() => []);
      await sleep(random() * 900);
      const isRunnerKilled = random() < 0.5;
      if (isRunnerKilled) await world.killRunner();
      else for (const pid of await world.processesOf(threadId)) signalProcess(pid, 'SIGKILL');
      await reading;

      const turn = await endOfTurn(world.client, threadId);
      expect(['FINISHED', 'INTERRUPTED'], `seed ${SEED}, round ${round}`).toContain(turn.status);
      const all = await linesOfTurn(world.client, threadId);
      // What a reader was told is there, at the same place.
      expect(itemsIn(all).slice(0, itemsIn(told).length)).toEqual(itemsIn(told));
      await until(
        async () => turn.status === 'FINISHED' || (await world.processesOf(threadId)).length === 0,
      );
      const lines = world.linesIn(effects);
      expect(new Set(lines).size, 'no effect is repeated').toBe(lines.length);
      if (turn.status === 'INTERRUPTED')
        await checkPrompt(world, threadId, lines, {
          unfinished: turn.unfinishedCalls ?? [],
          mostUntold: isRunnerKilled ? 0 : 1,
        });
    }
  },
  20 * 60_000,
);

/** Every effect that is there is told as done or as unknown, and what is told as done is there. */
async function checkPrompt(
  world: RunnerWorld,
  threadId: string,
  effects: readonly string[],
  { unfinished, mostUntold }: Expected,
): Promise<void> {
  const answer = await world.client.resumePrompt(threadId, turnIdOf(threadId));
  if (!answer.ok) throw new Error(answer.error.message);
  const done = [...answer.value.matchAll(/- \[done\] shell \{"line":"(line \d+)"\}/g)].map(
    ([, line]) => line,
  );
  const unknown = [...answer.value.matchAll(/- \[unknown\] shell \{"line":"(line \d+)"\}/g)].map(
    ([, line]) => line,
  );
  expect(unknown).toEqual(unfinished.map(({ args }) => (args as { line: string }).line)); // As the steps say.
  for (const line of done) expect(effects).toContain(line);
  const untold = effects.filter((line) => !done.includes(line) && !unknown.includes(line));
  expect(untold.length).toBeLessThanOrEqual(mostUntold);
}

type Expected = {
  readonly unfinished: readonly { readonly args: unknown }[];
  /** A host that is killed itself may take its last call with it; one whose runner is gone leaves what it has. */
  readonly mostUntold: 0 | 1;
};

test('ends processes that ignore signals within the time limit of a cancellation, and confirms it', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  const stubborn = ['bash', '-c', "trap '' TERM; while :; do sleep 0.1; done"];
  await world.start(threadId, [
    { background: stubborn },
    { background: ['env', '-i', '/bin/sleep', '1000'] },
    { say: 'started' },
    { untilFile: world.file('never') },
  ]);
  await linesOfTurn(world.client, threadId, {
    shouldContinue: (line) => !('item' in line && line.item.dataText.includes('started')),
  });
  await world.client.cancel(threadId, turnIdOf(threadId));
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'CANCELLED' });
  expect(await world.processesOf(threadId)).toEqual([]);
});

test('a host that is suspended or blocks its event loop is detected', async () => {
  await using world = new RunnerWorld({ TEST_HANG_MS: '12000' });
  for (const step of [{ block: true } as const, { stand: true } as const]) {
    const threadId = newThreadId();
    await world.start(threadId, [{ say: 'now' }, { forMs: 500 }, step]);
    expect(await endOfTurn(world.client, threadId)).toMatchObject({
      status: 'INTERRUPTED',
      failure: { code: 'host_hung' },
    });
  }
});

test('an idle runner exits, and the next one has its data', async () => {
  await using world = new RunnerWorld({ TEST_IDLE_MS: '0', TEST_IDLE_HOST_MS: '0' });
  const threadId = newThreadId();
  await world.start(threadId, [{ say: 'once' }]);
  const before = await endOfTurn(world.client, threadId);
  const lines = await linesOfTurn(world.client, threadId);
  await until(async () => (await world.client.info()) === null);
  expect(await world.client.readTurn(threadId, turnIdOf(threadId))).toEqual({
    ok: true,
    value: before,
  });
  expect(await linesOfTurn(world.client, threadId)).toEqual(lines);
});
