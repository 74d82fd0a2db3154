import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import { LocalWorld, Reading } from '../../testing/local/local-world.ts';
import { newThreadId, turnIdOf } from '../../testing/local/runner-world.ts';
import { until } from '../../testing/until.ts';

const script = (...lines: readonly string[]) => ['```rehearse', ...lines, '```'].join('\n');

test.concurrent('an agent on this machine works in a worktree of its own, and its work is a commit on its branch', async () => {
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
  const reading = new Reading(world.runtime, threadId, turnId);
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

test.concurrent('what cannot be started is refused with its reason, and nothing is left behind', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const { workspace, ...without } = world.request(threadId, 'Do it.');
  expect(await world.runtime.launch(without)).toMatchObject({ kind: 'rejected' });
  if (workspace === undefined) throw new Error('The request has a folder');
  const missing = { ...workspace, folder: join(world.home, 'nowhere') };
  await world.runtime.launch(world.request(threadId, 'Do it.', { workspace: missing }));
  const reading = new Reading(world.runtime, threadId, turnId);
  await reading.end;
  expect(reading.facts.at(-1)?.record).toMatchObject({
    status: 'ERROR',
    failure: { code: 'folder_missing' },
  });
  const unknown = new Reading(world.runtime, 'agent-unknown', 'turn-unknown');
  expect(await unknown.end).toMatchObject({ kind: 'blocked', error: { code: 'not_found' } });
});

test.concurrent('an agent that is cancelled while its folder is prepared is cancelled, with all that the setup started', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const request = world.request(threadId, 'Do it.');
  if (request.workspace === undefined) throw new Error('The request has a folder');
  // One of them leaves the group of the command, so that only its mark tells whose it is.
  const setup = ['setsid sleep 600 & echo under way; sleep 600'];
  await world.runtime.launch({ ...request, workspace: { ...request.workspace, setup } });
  const reading = new Reading(world.runtime, threadId, turnId);
  await until(() => reading.text.includes('under way\\n'));
  await world.runtime.cancel(threadId, turnId);
  await reading.end;
  expect(reading.facts.at(-1)?.record, world.runnerLog()).toMatchObject({ status: 'CANCELLED' });
  expect((await readProcesses()).filter((row) => row.threadId === threadId)).toEqual([]);
});
