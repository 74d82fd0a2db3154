import { expect, test } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  startRequest,
  turnIdOf,
} from '../../testing/local/runner-world.ts';
import type { SharedStep } from '../../testing/local/shared-test-host.ts';
import { until } from '../../testing/until.ts';

const openWorld = () => new RunnerWorld({}, 'shared-test');

async function start(
  world: RunnerWorld,
  step: SharedStep,
  more: { apiKey?: string; model?: string } = {},
): Promise<string> {
  const threadId = newThreadId();
  const { thread, turn, secrets } = startRequest(world.folder, threadId, []);
  const answer = await world.client.startThread(threadId, {
    thread,
    turn: {
      ...turn,
      prompt: JSON.stringify(step),
      ...(more.model === undefined ? {} : { model: more.model }),
    },
    secrets: { ...secrets, ...(more.apiKey === undefined ? {} : { apiKey: more.apiKey }) },
  });
  if (!answer.ok) throw new Error(answer.error.message);
  return threadId;
}

/** Of the process that serves the thread, as soon as it has said so. */
async function processOf(world: RunnerWorld, threadId: string): Promise<number> {
  const lines = await linesOfTurn(world.client, threadId, {
    shouldContinue: (line) => !('item' in line && line.item.kind === 'text'),
  });
  const said = lines.flatMap((line) => ('item' in line ? [line.item.dataText] : [])).at(-1);
  return Number(/process (\d+)/.exec(said ?? '')?.[1]);
}

async function further(world: RunnerWorld, threadId: string, number = 2) {
  const turnId = `${turnIdOf(threadId)}-${number}`;
  const turn = { turnId, prompt: '{"do": "tell"}', purpose: 'resume' };
  const { secrets } = startRequest(world.folder, threadId, []);
  await world.client.startTurn(threadId, { turn, secrets });
  return endOfTurn(world.client, threadId, turn.turnId);
}

test.concurrent('threads with the same key share a process; another key uses another process', async () => {
  await using world = openWorld();
  const [one, two, other] = await Promise.all([
    start(world, { do: 'wait' }),
    start(world, { do: 'wait' }),
    start(world, { do: 'wait' }, { apiKey: 'crsr_another_key_0123456789' }),
  ]);
  const [first, second, third] = await Promise.all(
    [one, two, other].map((threadId) => processOf(world, threadId)),
  );
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test.concurrent('a cancelled thread leaves its process, which continues with the others', async () => {
  await using world = openWorld();
  const [one, two] = [await start(world, { do: 'wait' }), await start(world, { do: 'wait' })];
  const pid = await processOf(world, two);
  await world.client.cancel(one, turnIdOf(one));
  expect(await endOfTurn(world.client, one)).toMatchObject({ status: 'CANCELLED' });
  expect(isAlive(pid)).toBe(true);
  expect(await world.client.readTurn(two, turnIdOf(two))).toMatchObject({
    ok: true,
    value: { status: 'RUNNING' },
  });
  expect(await further(world, one)).toMatchObject({ status: 'FINISHED', result: String(pid) });
});

test.concurrent('a thread that cannot be opened fails alone', async () => {
  await using world = openWorld();
  const one = await start(world, { do: 'wait' });
  const pid = await processOf(world, one);
  const broken = await start(world, { do: 'tell' }, { model: 'none' });
  expect(await endOfTurn(world.client, broken)).toMatchObject({
    status: 'ERROR',
    failure: { code: 'invalid_model' },
  });
  const next = await start(world, { do: 'tell' });
  expect(await endOfTurn(world.client, next)).toMatchObject({ result: String(pid) });
});

test.concurrent('a process that is killed interrupts all of its threads, and another process resumes each of them', async () => {
  await using world = openWorld();
  const one = await start(world, { do: 'wait' });
  const pid = await processOf(world, one);
  const two = await start(world, { do: 'crash' });
  for (const threadId of [one, two]) {
    const turn = await endOfTurn(world.client, threadId);
    expect(turn).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'host_died' } });
  }
  const ends = await Promise.all([one, two].map((threadId) => further(world, threadId)));
  expect(ends[0]).toMatchObject({ status: 'FINISHED' });
  expect(ends[0]?.result).toBe(ends[1]?.result);
  expect(ends[0]?.result).not.toBe(String(pid));
});

test.concurrent('a harness that ends by itself takes its process with it', async () => {
  await using world = openWorld();
  const one = await start(world, { do: 'end-harness' });
  const pid = await processOf(world, one);
  await endOfTurn(world.client, one);
  await until(() => !isAlive(pid));
  // The runner may notice that a moment later: a turn that it gives to the process before is interrupted.
  let number = 2;
  await until(async () => (await further(world, one, number++)).status === 'FINISHED');
});

test.concurrent('a killed runner leaves none of its shared processes', async () => {
  await using world = openWorld();
  const one = await start(world, { do: 'wait' });
  const pid = await processOf(world, one);
  signalProcess(world.pid, 'SIGKILL');
  await until(() => !isAlive(pid));
  expect(await endOfTurn(world.client, one)).toMatchObject({ status: 'INTERRUPTED' });
});
