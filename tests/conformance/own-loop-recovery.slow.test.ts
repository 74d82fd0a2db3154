import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import type {
  PermissionPolicy,
  ToolRequest,
  ToolRequestEnd,
} from '../../src/permissions/tool-request.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import type { TurnFact } from '../../src/runtimes/follow-types.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import { LocalWorld, TurnReader } from '../../testing/local/local-world.ts';
import { newThreadId, turnIdOf } from '../../testing/local/runner-world.ts';
import { ownLoop } from '../../testing/own-loop.ts';
import { until } from '../../testing/until.ts';

const script = (...lines: readonly string[]) => ['```rehearse', ...lines, '```'].join('\n');

/** Where the one thread of a world works, once it is ready. */
const folderOf = (world: LocalWorld) =>
  until(async () => (await world.client.threads())[0]?.cwd ?? null);

async function launch(world: LocalWorld, prompt: string, more: Partial<LaunchRequest> = {}) {
  const threadId = newThreadId();
  const launched = await world.runtime.launch(world.request(threadId, prompt, more));
  expect(launched.kind).toBe('launched');
  const turnId = turnIdOf(threadId);
  return { threadId, turnId, reading: new TurnReader(world.runtime, threadId, turnId) };
}

/** Takes an interrupted turn up again as the engine does. */
async function resume(world: LocalWorld, threadId: string, turnId: string) {
  const prompt = await world.runtime.resumePrompt?.(threadId, turnId);
  if (prompt?.ok !== true) throw new Error('There is no prompt');
  await world.runtime.followUp({
    threadId,
    followUpId: 'f_00ff',
    purpose: 'resume',
    prompt: prompt.value,
    model: ownLoop.model,
    knownTurnIds: [turnId],
  });
  return new TurnReader(world.runtime, threadId, 'turn-00ff');
}

/** The process of the host, by the mark of its thread and by what it was started as a child of. */
async function hostOf(world: LocalWorld, threadId: string): Promise<number> {
  const runner = await world.client.info();
  const rows = await readProcesses();
  const host = rows.find((row) => row.threadId === threadId && row.parentPid === runner?.pid);
  if (host === undefined) throw new Error('There is no host');
  return host.pid;
}

const WORK = script(
  'say I begin.',
  'run echo x >> once.txt',
  'run echo $$ > pid; echo started >> cut.txt; while [ ! -e go ]; do sleep 0.1; done',
  'write after.txt after',
  'say Done.',
);

test.each(['runner', 'host'] as const)(
  'a %s that is killed in the middle of a command leaves nothing running; the turn continues and repeats nothing that was done',
  async (victim) => {
    await using world = await LocalWorld.start(ownLoop);
    const { threadId, turnId, reading } = await launch(world, WORK);
    const cwd = await folderOf(world);
    await until(() => existsSync(join(cwd, 'cut.txt')));
    await until(() => reading.text.includes('cut.txt'));
    const pid = Number(readFileSync(join(cwd, 'pid'), 'utf8'));
    if (victim === 'runner') await world.killRunner();
    else signalProcess(await hostOf(world, threadId), 'SIGKILL');
    expect(await reading.end).toEqual({ kind: 'complete' });
    const record = reading.facts.at(-1)?.record;
    expect(record).toMatchObject({ status: 'INTERRUPTED' });
    expect(record?.unfinishedCalls).toHaveLength(1);
    expect(isAlive(pid)).toBe(false);
    writeFileSync(join(cwd, 'go'), '');
    const second = await resume(world, threadId, turnId);
    expect(await second.end).toEqual({ kind: 'complete' });
    const after = second.facts.at(-1)?.record;
    expect(after, second.text).toMatchObject({ status: 'FINISHED' });
    expect(readFileSync(join(cwd, 'once.txt'), 'utf8')).toBe('x\n');
    expect(world.git('show', `${after?.branches[0]?.branch}:after.txt`)).toBe('after');
    // What the harness itself remembers. A host whose runner is gone still ends its command, and writes that down.
    const store = join(world.home, 'local-runs', 'threads', threadId, 'store');
    expect(readFileSync(join(store, 'conversation.ndjson'), 'utf8')).toContain(
      victim === 'host' ? 'may or may not have taken effect' : 'was stopped before it finished',
    );
  },
);

const ask: PermissionPolicy = {
  filesystemWrite: 'ask',
  execution: 'ask',
  network: 'ask',
  mcp: 'ask',
  rules: [],
};

test('an open question of a host that is killed is reported as withdrawn, and asked again by the resumed turn', async () => {
  await using world = await LocalWorld.start(ownLoop);
  const asked: ToolRequest[] = [];
  const ended: ToolRequestEnd[] = [];
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const prompt = script('run echo x >> once.txt', 'say Done.');
  await world.runtime.launch(world.request(threadId, prompt, { permissions: ask }));
  const follow = (turn: string) =>
    world.runtime.follow(
      { threadId, turnId: turn, hasEnded: false, signal: new AbortController().signal },
      {
        onItems: () => {},
        onFact: () => {},
        onConnection: () => {},
        onGap: () => {},
        onRequest: (request) => asked.push(request),
        onRequestEnded: (end) => ended.push(end),
      },
    );
  const first = follow(turnId);
  await until(() => asked.length > 0);
  signalProcess(await hostOf(world, threadId), 'SIGKILL');
  await first;
  expect(ended).toMatchObject([{ requestId: asked[0]?.requestId, outcome: 'withdrawn' }]);
  const second = await resume(world, threadId, turnId);
  const listening = follow('turn-00ff');
  await until(() => asked.some(({ requestId }) => requestId !== asked[0]?.requestId));
  const again = asked.at(-1);
  expect(again).toMatchObject({ command: 'echo x >> once.txt' });
  const allow = { decision: 'allow', scope: 'once' } as const;
  const { requestId = '' } = again ?? {};
  await world.runtime.answerRequest?.(threadId, 'turn-00ff', requestId, allow);
  // The same permission for a file is asked too: the command writes one.
  expect(await second.end).toEqual({ kind: 'complete' });
  await listening;
  const cwd = await folderOf(world);
  expect(readFileSync(join(cwd, 'once.txt'), 'utf8')).toBe('x\n');
});

test('an agent continues without a daemon, and its question waits for the next one', async () => {
  await using world = await LocalWorld.start(ownLoop);
  const prompt = script('run echo x >> once.txt', 'say Done.');
  const more = { permissions: { ...ask, execution: 'ask', filesystemWrite: 'allow' } } as const;
  const { threadId, turnId, reading } = await launch(world, prompt, more);
  await until(() => reading.text.includes('once.txt'));
  reading.stop();
  // As the next daemon finds it, which has only the ids and the place where it had read to.
  const asked: ToolRequest[] = [];
  const facts: TurnFact[] = [];
  const { cursor } = reading;
  const again = world.runtime.follow(
    {
      threadId,
      turnId,
      hasEnded: false,
      signal: new AbortController().signal,
      ...(cursor === undefined ? {} : { cursor }),
    },
    {
      onItems: () => {},
      onFact: (fact) => facts.push(fact),
      onConnection: () => {},
      onGap: () => {},
      onRequest: (request) => asked.push(request),
    },
  );
  await until(() => asked.length > 0);
  const allow = { decision: 'allow', scope: 'once' } as const;
  await world.runtime.answerRequest?.(threadId, turnId, asked[0]?.requestId ?? '', allow);
  expect(await again).toEqual({ kind: 'complete' });
  expect(facts.at(-1)?.record).toMatchObject({ status: 'FINISHED', result: 'Done.' });
  expect(readFileSync(join(await folderOf(world), 'once.txt'), 'utf8')).toBe('x\n');
});

test('a cancelled turn ends its background processes, including those that left their session', async () => {
  await using world = await LocalWorld.start(ownLoop);
  const { threadId, turnId, reading } = await launch(
    world,
    script(
      'run (setsid sleep 600 & echo $! > far); sleep 600 & echo $! > near; touch ready; sleep 600',
    ),
  );
  const cwd = await folderOf(world);
  await until(() => existsSync(join(cwd, 'ready')));
  await world.runtime.cancel(threadId, turnId);
  await reading.end;
  expect(reading.facts.at(-1)?.record).toMatchObject({ status: 'CANCELLED' });
  for (const name of ['far', 'near'])
    expect(isAlive(Number(readFileSync(join(cwd, name), 'utf8')))).toBe(false);
});

test('neither the key nor the address of the provider is visible to processes that an agent starts', async () => {
  await using world = await LocalWorld.start(ownLoop);
  const { reading } = await launch(world, script('run env', 'say Done.'));
  await reading.end;
  expect(reading.text).toContain('CEREVISOR_THREAD');
  expect(reading.text).not.toContain('sk-canary-key-0123456789');
});
