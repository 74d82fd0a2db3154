import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import { LocalWorld, TurnReader } from '../../testing/local/local-world.ts';
import { newThreadId, turnIdOf } from '../../testing/local/runner-world.ts';
import { until } from '../../testing/until.ts';

const script = (...lines: readonly string[]) => ['```rehearse', ...lines, '```'].join('\n');

test.concurrent('an agent on this machine works in its own worktree, and its work is a commit on its branch', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  writeFileSync(join(world.repository, 'draft.txt'), 'not committed\n');
  const request = world.request(threadId, script('write made.txt made here', 'say All done.'));
  const [first, second] = await Promise.all([
    world.runtime.launch(request),
    world.runtime.launch(request),
  ]);
  expect(first).toMatchObject({ kind: 'launched', turn: { threadId, turnId } });
  expect(second.kind).toBe('launched');
  const reading = new TurnReader(world.runtime, threadId, turnId);
  expect(await reading.end).toEqual({ kind: 'complete' });
  const record = reading.facts.at(-1)?.record;
  expect(record, world.runnerLog()).toMatchObject({ status: 'FINISHED' });
  const branch = record?.branches[0]?.branch ?? '';
  expect(world.git('show', `${branch}:made.txt`)).toBe('made here');
  expect(world.git('show', `${branch}:draft.txt`)).toBe('not committed');
  expect(record?.branches[0]?.commit).toBe(world.git('rev-parse', branch));
  expect(existsSync(join(world.repository, 'made.txt'))).toBe(false);
  expect(record?.result).toBe('All done.');
  const ids = reading.items.map(({ id, kind }) => `${id} ${kind}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await world.runtime.usage(threadId, turnId)).toMatchObject({ ok: true });
  expect(await world.runtime.readThread(threadId)).toMatchObject({
    ok: true,
    value: { name: 'Builder', latestTurn: { status: 'FINISHED' } },
  });
});

test.concurrent('a start that is not possible is refused with the reason, and nothing is left behind', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const { workspace, ...without } = world.request(threadId, 'Do it.');
  expect(await world.runtime.launch(without)).toMatchObject({ kind: 'rejected' });
  if (workspace === undefined) throw new Error('The request has a folder');
  const missing = { ...workspace, folder: join(world.home, 'nowhere') };
  await world.runtime.launch(world.request(threadId, 'Do it.', { workspace: missing }));
  const reading = new TurnReader(world.runtime, threadId, turnId);
  await reading.end;
  expect(reading.facts.at(-1)?.record).toMatchObject({
    status: 'ERROR',
    failure: { code: 'folder_missing' },
  });
  const unknown = new TurnReader(world.runtime, 'agent-unknown', 'turn-unknown');
  expect(await unknown.end).toMatchObject({ kind: 'blocked', error: { code: 'not_found' } });
});

test.concurrent('an agent that is cancelled while its folder is prepared is cancelled, with everything that the setup started', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const request = world.request(threadId, 'Do it.');
  if (request.workspace === undefined) throw new Error('The request has a folder');
  await world.runtime.launch({
    ...request,
    workspace: { ...request.workspace, setup: [hidingSetup('sleep 600')] },
  });
  const reading = new TurnReader(world.runtime, threadId, turnId);
  await until(() => reading.text.includes('under way\\n'));
  expect(await leftOf(world, threadId)).not.toEqual([]);
  await world.runtime.cancel(threadId, turnId);
  await reading.end;
  expect(reading.facts.at(-1)?.record, world.runnerLog()).toMatchObject({ status: 'CANCELLED' });
  expect(await leftOf(world, threadId)).toEqual([]);
});

test.concurrent('a setup that fails leaves nothing behind that it started', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const request = world.request(threadId, 'Do it.');
  if (request.workspace === undefined) throw new Error('The request has a folder');
  await world.runtime.launch({
    ...request,
    workspace: { ...request.workspace, setup: [hidingSetup('exit 3')] },
  });
  const reading = new TurnReader(world.runtime, threadId, turnIdOf(threadId));
  await reading.end;
  expect(reading.facts.at(-1)?.record, world.runnerLog()).toMatchObject({
    status: 'ERROR',
    failure: { code: 'setup_failed' },
  });
  expect(await leftOf(world, threadId)).toEqual([]);
});

test.concurrent('processes left by a runner that was killed during a setup are ended by the next one', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const request = world.request(threadId, 'Do it.');
  if (request.workspace === undefined) throw new Error('The request has a folder');
  await world.runtime.launch({
    ...request,
    workspace: { ...request.workspace, setup: [hidingSetup('sleep 600')] },
  });
  const reading = new TurnReader(world.runtime, threadId, turnId);
  await until(() => reading.text.includes('under way\\n'));
  await world.killRunner();
  await reading.end;
  const again = new TurnReader(world.runtime, threadId, turnId);
  await again.end;
  expect(again.facts.at(-1)?.record).toMatchObject({
    status: 'INTERRUPTED',
    failure: { code: 'runner_died' },
  });
  expect(await leftOf(world, threadId)).toEqual([]);
});

/** Starts what leaves its group, its parents, its session and its environment, and then does what is `last`. */
const hidingSetup = (last: string): string =>
  [
    'setsid sleep 600 &',
    'nohup sleep 600 >/dev/null 2>&1 &',
    '(env -i setsid sleep 600 >/dev/null 2>&1 &)',
    `sleep 1; echo under way; ${last}`,
  ].join('\n');

/** Processes of the thread, and those that work in its worktree whatever they say of themselves. */
async function leftOf(world: LocalWorld, threadId: string): Promise<readonly string[]> {
  const rows = await readProcesses();
  const isOurs = ({ threadId: owner, detachedFolder }: (typeof rows)[number]) =>
    owner === threadId || detachedFolder?.startsWith(join(world.home, 'worktrees')) === true;
  return rows.filter(isOurs).map(({ pid, name }) => `${pid} ${name}`);
}
