import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identityOf, isRunning } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { SocketCalls } from '../../src/runtimes/local/socket-calls.ts';
import { readRunnerInfo } from '../../src/runtimes/local/start-runner.ts';
import {
  endOfTurn,
  linesOfTurn,
  newThreadId,
  RunnerWorld,
  startRequest,
  turnIdOf,
} from '../../testing/local/runner-world.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { until } from '../../testing/until.ts';

const itemsIn = (lines: readonly object[]) => lines.filter((line) => 'item' in line);

test.concurrent('starts a thread by its id, follows it to its end, and starts nothing twice', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  const steps = [
    { say: 'I begin.' },
    { tool: 'shell', line: 'one', file: world.file('effects') },
    { say: 'Done.' },
  ];
  const [first, second] = await Promise.all([
    world.start(threadId, steps),
    world.newClient().startThread(threadId, startRequest(world.folder, threadId, steps)),
  ]);
  expect(first).toMatchObject({ ok: true, value: { threadId, turnId: turnIdOf(threadId) } });
  expect(second.ok).toBe(true);
  const lines = await linesOfTurn(world.client, threadId);
  expect(lines.at(-1)).toEqual({ end: 'complete' });
  expect(lines.at(-2)).toMatchObject({
    fact: {
      status: 'FINISHED',
      result: 'All done.',
      usage: { totalTokens: 15 },
      branches: [{ branch: 'cerevisor/builder', commit: 'c0ffee' }],
    },
  });
  expect(itemsIn(lines)).toHaveLength(5);
  expect(world.linesIn('effects')).toEqual(['one']);

  const other = await world.start(threadId, [{ say: 'Something else.' }]);
  expect(other).toMatchObject({ ok: false, error: { code: 'conflict' } });
});

test.concurrent('returns to a reader exactly the items after its cursor', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ say: 'a' }, { say: 'b' }, { say: 'c' }]);
  const all = itemsIn(await linesOfTurn(world.client, threadId));
  const [, middle] = all;
  const after = middle !== undefined && 'seq' in middle ? Number(middle.seq) : 0;
  const rest = itemsIn(await linesOfTurn(world.client, threadId, { after }));
  expect(rest).toEqual(all.slice(2));
});

test.concurrent('makes the socket and the secret accessible only to the user, and keeps the key only in memory', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ say: 'a' }]);
  await endOfTurn(world.client, threadId);
  const folder = join(world.home, 'local-runs');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'runner.sock')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'runner-secret')).mode & 0o777).toBe(0o600);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, name);
    if (statSync(file).isFile() && !name.endsWith('.db'))
      expect(readFileSync(file, 'utf8')).not.toContain('crsr_canary_key_0123456789');
  }
  const calls = new SocketCalls();
  const address = join(folder, 'runner.sock');
  const secret = readFileSync(join(folder, 'runner-secret'), 'utf8').trim();
  expect((await readRunnerInfo(calls, { address, secret })).ok).toBe(true);
  expect((await readRunnerInfo(calls, { address, secret: 'wrong' })).ok).toBe(false);
  await calls.close();
});

test.concurrent('cancels a turn with everything that it started, including background processes', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [
    { background: ['sleep', '1000'] },
    { say: 'started' },
    { untilFile: world.file('never') },
  ]);
  await linesOfTurn(world.client, threadId, {
    shouldContinue: (line) => !('item' in line && line.item.dataText.includes('started')),
  });
  // A process that has just been started may not show its environment yet.
  await until(async () => (await world.processesOf(threadId)).length >= 2);
  await world.client.cancel(threadId, turnIdOf(threadId));
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'CANCELLED' });
  expect(await world.processesOf(threadId)).toEqual([]);
});

test.concurrent('continues when its daemon is gone, and the next daemon misses nothing', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ say: 'a' }, { untilFile: world.file('go') }, { say: 'b' }]);
  const first = await linesOfTurn(world.client, threadId, {
    shouldContinue: (line) => !('item' in line),
  });
  await world.client.close();
  world.client = world.newClient();
  writeFileSync(world.file('go'), '');
  const lines = await linesOfTurn(world.client, threadId);
  expect(itemsIn(lines).slice(0, 1)).toEqual(itemsIn(first));
  expect(lines.at(-1)).toEqual({ end: 'complete' });
});

test.concurrent('can be reached again after its socket and address files were removed', async () => {
  await using world = new RunnerWorld({ TEST_LOOK_EVERY_MS: '100' });
  const threadId = newThreadId();
  await world.start(threadId, [{ untilFile: world.file('go') }, { say: 'still here' }]);
  const { pid } = world;
  for (const name of ['runner.sock', 'runner-secret', 'runner.json'])
    rmSync(join(world.home, 'local-runs', name), { force: true });
  const found = world.newClient();
  await until(async () => (await found.info())?.pid === pid);
  await found.close();
  writeFileSync(world.file('go'), '');
  expect(await endOfTurn(world.client, threadId)).toMatchObject({ status: 'FINISHED' });
});

test.concurrent('ends with its agents when its folder is removed, and the next agent gets a new runner', async () => {
  await using world = new RunnerWorld({ TEST_LOOK_EVERY_MS: '1000' });
  const threadId = newThreadId();
  await world.start(threadId, [{ say: 'at work' }, { untilFile: world.file('never') }]);
  const first = identityOf(world.pid);
  // The runner may be writing below it.
  removeFolder(join(world.home, 'local-runs'));
  // Until it notices, it would accept a thread over the open connection.
  await until(() => !isRunning(first));
  const other = newThreadId();
  await world.start(other, [{ untilFile: world.file('go') }, { say: 'still here' }]);
  expect(await world.processesOf(threadId)).toEqual([]);
  expect(world.pid).not.toBe(first.pid);
  writeFileSync(world.file('go'), '');
  expect(await endOfTurn(world.client, other)).toMatchObject({ status: 'FINISHED' });
});

test.concurrent('a host that crashes ends only its own turn and reports what may be half done', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  const other = newThreadId();
  await world.start(other, [{ untilFile: world.file('go') }, { say: 'still here' }]);
  await world.start(threadId, [
    { reject: 'forgotten' },
    { tool: 'shell', line: 'one', file: world.file('effects') },
    { crash: 7 },
  ]);
  const turn = await endOfTurn(world.client, threadId);
  expect(turn).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'host_died' } });
  expect(turn.failure?.message).toContain('ended with code 7');
  expect(turn.failure?.message).toContain('something terrible happened');
  writeFileSync(world.file('go'), '');
  expect(await endOfTurn(world.client, other)).toMatchObject({ status: 'FINISHED' });
  const prompt = await world.client.resumePrompt(threadId, turn.turnId);
  expect(prompt.ok && prompt.value).toContain('- [done] shell {"line":"one"}');
});

test.concurrent('a host that needs too much memory, or cannot work at all, is ended with that reason', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ memoryBytes: 900 * 1024 * 1024 }]);
  expect(await endOfTurn(world.client, threadId)).toMatchObject({
    status: 'INTERRUPTED',
    failure: { code: 'host_memory' },
  });
  const other = newThreadId();
  await world.start(other, [{ failed: '@cursor/sdk is not installed.' }]);
  expect(await endOfTurn(world.client, other)).toMatchObject({
    status: 'ERROR',
    failure: { code: 'sdk_missing' },
  });
  await until(async () => (await world.processesOf(other)).length === 0);
});

test.concurrent('continues an interrupted turn on the same thread, and gives up after three crashes', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ crash: 1 }]);
  expect((await endOfTurn(world.client, threadId)).status).toBe('INTERRUPTED');
  for (const [turnId, status] of [
    ['turn-b', 'INTERRUPTED'],
    ['turn-c', 'ERROR'],
  ] as const) {
    await world.client.startTurn(threadId, {
      turn: { turnId, prompt: JSON.stringify([{ crash: 1 }]), purpose: 'resume' },
      secrets: { apiKey: 'k' },
    });
    expect(await endOfTurn(world.client, threadId, turnId)).toMatchObject({ status });
  }
  const last = await endOfTurn(world.client, threadId, 'turn-c');
  expect(last.failure).toMatchObject({
    code: 'host_crash_loop',
    suggestion: expect.stringMatching(
      /^See \/.+\/host\.log for the cause, then retry the agent\.$/,
    ),
  });
});

test.concurrent('recovers from a killed runner: processes end, the turn is interrupted, effects are reported', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [
    { tool: 'shell', line: 'one', file: world.file('effects') },
    { background: ['sleep', '1000'] },
    { tool: 'shell', line: 'two', file: world.file('effects'), takesMs: 600_000 },
  ]);
  const seen = await linesOfTurn(world.client, threadId, {
    shouldContinue: (line) => !('item' in line && line.item.dataText.includes('"two"')),
  });
  await world.killRunner();
  const lines = await linesOfTurn(world.client, threadId);
  expect(itemsIn(lines).slice(0, itemsIn(seen).length)).toEqual(itemsIn(seen));
  expect(lines.at(-2)).toMatchObject({
    fact: {
      status: 'INTERRUPTED',
      failure: { code: 'runner_died' },
      unfinishedCalls: [{ name: 'shell', args: { line: 'two' } }],
    },
  });
  expect(JSON.stringify(itemsIn(lines).at(-1))).toContain('may or may not have taken effect');
  expect(await world.processesOf(threadId)).toEqual([]);
  expect(world.linesIn('effects')).toEqual(['one']);
  const prompt = await world.client.resumePrompt(threadId, turnIdOf(threadId));
  expect(prompt.ok && prompt.value).toContain('- [unknown] shell {"line":"two"}');
});

test.concurrent('an older runner keeps its threads while a newer one takes new ones', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ untilFile: world.file('go') }, { say: 'from the old one' }]);
  const oldPid = world.pid;
  const newer = world.newClient('newer');
  const other = newThreadId();
  const started = await world.startBy(newer, other, [{ say: 'x' }]);
  expect(started).toEqual({ ok: true, value: expect.anything() });
  expect(world.pid).not.toBe(oldPid);
  expect(await newer.info()).toMatchObject({ pid: world.pid, build: 'newer', isRetiring: false });
  expect(await newer.readTurn(threadId, turnIdOf(threadId))).toMatchObject({
    value: { status: 'RUNNING' },
  });
  writeFileSync(world.file('go'), '');
  expect(await endOfTurn(newer, threadId)).toMatchObject({ status: 'FINISHED' });
  await newer.close();
});

test.concurrent('stops all local agents when told to, and then ends', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [{ untilFile: world.file('never') }]);
  await until(async () => (await world.processesOf(threadId)).length > 0);
  expect(await world.client.stopAll()).toMatchObject({
    ok: true,
    value: { ended: 1, survivors: [] },
  });
  expect(await world.processesOf(threadId)).toEqual([]);
  expect(await endOfTurn(world.client, threadId)).toMatchObject({
    status: 'CANCELLED',
    durationMs: expect.any(Number),
  });
});

test.concurrent('two daemons that start it at the same moment get the same one', async () => {
  await using world = new RunnerWorld();
  const clients = [world.client, world.newClient(), world.newClient()];
  const answers = await Promise.all(
    clients.map((client) => {
      const id = newThreadId();
      return client.startThread(id, startRequest(world.folder, id, [{ say: 'x' }]));
    }),
  );
  expect(answers.every(({ ok }) => ok)).toBe(true);
  const infos = await Promise.all(clients.map((client) => client.info()));
  expect(new Set(infos.map((info) => info?.pid)).size).toBe(1);
});

test.concurrent('a runner that the system terminates interrupts its turns cleanly', async () => {
  await using world = new RunnerWorld();
  const threadId = newThreadId();
  await world.start(threadId, [
    { background: ['sleep', '1000'] },
    { untilFile: world.file('never') },
  ]);
  await until(async () => (await world.processesOf(threadId)).length >= 2);
  signalProcess(world.pid, 'SIGTERM');
  await until(async () => (await world.processesOf(threadId)).length === 0);
  expect(await endOfTurn(world.client, threadId)).toMatchObject({
    status: 'INTERRUPTED',
    failure: { code: 'runner_stopped' },
  });
});
