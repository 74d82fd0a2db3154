import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import { signalProcess } from '../../src/runner/processes/end-process-tree.ts';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import type { TranscriptItem } from '../../src/transcript/item.ts';
import {
  API_KEY,
  type CodexTestThread,
  CodexWorld,
  cachedCodex,
} from '../../testing/codex-host.ts';
import { killProcess } from '../../testing/kill-process.ts';
import { script, textOf } from '../../testing/local-host.ts';

const isThere = (await cachedCodex()) !== null;
const patient = { timeout: 120_000 };

const noticesIn = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) => (item.kind === 'notice' ? [item.text] : []));
const openCallsIn = (items: readonly TranscriptItem[]) => {
  const calls = items.flatMap((item) => (item.kind === 'tool-call' ? [item] : []));
  const ended = new Set(calls.filter(({ status }) => status !== 'running').map((c) => c.callId));
  return calls.filter(({ callId }) => !ended.has(callId));
};

describe.skipIf(!isThere)('Codex with faults', () => {
  let world: CodexWorld;
  beforeAll(async () => {
    world = await CodexWorld.start();
  });
  afterEach(() => world.clearFaults());
  afterAll(() => world.close());
  const open = () => world.open(world.newThread());

  /** Begins a command that runs until it is ended, and leaves others in the background. */
  async function beginLong(thread: CodexTestThread, turnId: string) {
    const ended = thread.begin({
      turnId,
      prompt: script(
        'run echo x >> count; (sleep 600 & echo $! > child); setsid sleep 600 & echo $! > stray; sleep 600',
        'say Done.',
      ),
    });
    const pidIn = (name: string) =>
      existsSync(join(thread.thread.cwd, name))
        ? Number(readFileSync(join(thread.thread.cwd, name), 'utf8'))
        : 0;
    await expect.poll(() => pidIn('child') > 0 && pidIn('stray') > 0, patient).toBe(true);
    return { ended, pids: [pidIn('child'), pidIn('stray')] };
  }
  const lines = (thread: CodexTestThread) => readFileSync(join(thread.thread.cwd, 'count'), 'utf8');

  it('runs threads side by side in one process, each in its folder, and continues when one is closed', async () => {
    const threads = await Promise.all([open(), open(), open()]);
    const reports = await Promise.all(
      threads.map((thread, index) => thread.run(script(`run echo ${index} > here`, 'say Done.'))),
    );
    expect(reports.map(({ end }) => end.status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
    for (const [index, { thread }] of threads.entries())
      expect(readFileSync(join(thread.cwd, 'here'), 'utf8')).toBe(`${index}\n`);
    const servers = (await readProcesses()).filter(
      ({ parentPid, name }) => parentPid === threads[0]?.host.child.pid && name === 'codex',
    );
    expect(servers).toHaveLength(1);
    await threads[0]?.close();
    expect((await threads[1]?.run(script('say Still here.')))?.end.result).toBe('Still here.');
  });

  it('ends a command and its call when the turn is cancelled, and takes the next turn', async () => {
    const thread = await open();
    const { ended } = await beginLong(thread, 'turn-cancel');
    thread.send({ kind: 'cancel', turnId: 'turn-cancel' });
    expect(await ended).toMatchObject({ status: 'CANCELLED' });
    expect(openCallsIn(thread.items)).toEqual([]);
    const next = await thread.run(script('say Still here.'));
    expect(next.end).toMatchObject({ status: 'FINISHED', result: 'Still here.' });
  });

  it('interrupts its threads when Codex is killed, ends what they had started, and resumes each of them', async () => {
    const [thread, other] = await Promise.all([open(), open()]);
    const [one, two] = await Promise.all([
      beginLong(thread, 'turn-one'),
      beginLong(other, 'turn-two'),
    ]);
    const server = (await readProcesses()).find(
      ({ parentPid, name }) => parentPid === thread.host.child.pid && name === 'codex',
    );
    killProcess(server?.pid);
    for (const { ended } of [one, two])
      expect(await ended).toMatchObject({
        status: 'INTERRUPTED',
        failure: { code: 'harness_crashed' },
      });
    for (const pid of [...one.pids, ...two.pids])
      await expect.poll(() => isAlive(pid), patient).toBe(false);
    // The calls stay open: the runner tells of them, and makes the prompt that continues.
    expect(openCallsIn(thread.items)).toHaveLength(1);
    await thread.host.exited;
    for (const { thread: asked } of [thread, other]) {
      const again = await world.open({ ...asked, isNew: false });
      const { end } = await again.run(script('say I remember.'));
      expect(end).toMatchObject({ status: 'FINISHED', result: 'I remember.' });
      expect(lines(again)).toBe('x\n');
    }
  });

  it('leaves nothing running when its host is killed', async () => {
    const thread = await open();
    const { pids } = await beginLong(thread, 'turn-kill');
    const servers = (await readProcesses()).filter(
      ({ parentPid }) => parentPid === thread.host.child.pid,
    );
    await thread.host.kill();
    for (const { pid } of servers) await expect.poll(() => isAlive(pid), patient).toBe(false);
    // What left its session carries the mark of the thread, by which the runner finds it.
    const marked = (await readProcesses()).filter(
      ({ threadId }) => threadId === thread.thread.threadId,
    );
    for (const { pid } of marked) signalProcess(pid, 'SIGKILL');
    for (const pid of pids) await expect.poll(() => isAlive(pid), patient).toBe(false);
  });

  it('does not resend a prompt that already arrived', async () => {
    const thread = await open();
    const turnId = `turn-${crypto.randomUUID()}`;
    await thread.begin({ turnId, prompt: script('run echo x >> count', 'say Done.') });
    await thread.host.kill();
    const again = await world.open({ ...thread.thread, isNew: false });
    const end = await again.begin({ turnId, prompt: script('run echo x >> count', 'say Done.') });
    expect(end.status).toBe('FINISHED');
    expect(lines(again)).toBe('x\n');
  });

  it('continues after temporary faults, reports each, and repeats no text or effect', async () => {
    const thread = await open();
    await world.addFault({ kind: 'error', code: 'rate_limit_exceeded', status: 429 }, 2);
    const { items, end } = await thread.run(script('run echo x >> count', 'say Done.'));
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    expect(noticesIn(items).filter((text) => text.includes('attempt'))).toHaveLength(2);
    expect(lines(thread)).toBe('x\n');
  });

  it('shows a text once that was cut off and repeated', async () => {
    const thread = await open();
    await world.addFault({ kind: 'cut', afterDeltas: 3, how: 'reset' });
    const words = 'Every word of this is to be read once.';
    const { items, end } = await thread.run(script(`say ${words}`));
    expect(end).toMatchObject({ status: 'FINISHED', result: words });
    expect(textOf(thread.raw).trim()).toBe(words);
    expect(noticesIn(items).join()).toContain('cut off');
  });

  it.each([
    [401, 'invalid_api_key', 'unauthorized'],
    [402, 'payment_required', 'usage_limit'],
    [429, 'insufficient_quota', 'usage_limit'],
    [404, 'model_not_found', 'invalid_model'],
    [400, 'context_length_exceeded', 'context_too_long'],
  ])('names a refusal with %s %s as %s, at once', async (status, code, ours) => {
    const thread = await open();
    await world.addFault({ kind: 'error', code, status });
    const { end, items } = await thread.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: ours } });
    expect(noticesIn(items)).toEqual([]);
    expect((await thread.run(script('say Better.'))).end.result).toBe('Better.');
  });

  it('reports that Codex is missing or that the program is not Codex', async () => {
    const nowhere = join(world.folder, 'no-codex');
    const connection = { baseUrl: world.url, program: { path: nowhere, version: '0' } };
    const folder = join(world.folder, 'other-harness');
    await world.host().kill();
    const missing = await world.open(world.newThread({ connection, harnessFolder: folder }));
    expect(await missing.failed).toMatchObject({ code: 'harness_missing' });
    const other = { ...connection, program: { path: '/bin/cat', version: '0' } };
    const thread = world.newThread({ connection: other, harnessFolder: folder });
    expect(await (await world.open(thread)).failed).toMatchObject({
      code: expect.stringMatching(/^harness_/),
    });
    await world.host().kill();
  });

  it('keeps the key out of its files, arguments and environment', async () => {
    const thread = await open();
    await thread.run(script('run env', 'say Done.'));
    const family = (await readProcesses()).filter(
      ({ parentPid, pid }) => parentPid === thread.host.child.pid || pid === thread.host.child.pid,
    );
    for (const { pid } of family)
      for (const file of ['environ', 'cmdline'])
        expect(readFileSync(`/proc/${pid}/${file}`, 'utf8')).not.toContain(API_KEY);
    const files = readdirSync(world.harnessFolder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile()))
      expect(readFileSync(join(file.parentPath, file.name)).includes(API_KEY)).toBe(false);
  });
});
