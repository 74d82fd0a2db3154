import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningRehearsal, startRehearsal } from '../../rehearsal/server.ts';
import { sleep as realSleep } from '../../src/lib/sleep.ts';
import {
  type CursorCloudRuntime,
  createCursorCloudRuntime,
} from '../../src/runtimes/cursor-cloud/runtime.ts';
import type { TurnRecord } from '../../src/runtimes/turn-records.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import type { RawItem } from '../../src/transcript/item.ts';
import { killProcess } from '../../testing/kill-process.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { type Recording, record } from './observer.ts';

let folder: string;
let cloud: RunningRehearsal;
let provider: CursorCloudRuntime;

const start = (deadlinesMs: { launch?: number } = {}) =>
  createCursorCloudRuntime({
    apiKey: () => 'crsr_rehearsal',
    backendUrl: cloud.url,
    isRehearsal: true,
    random: () => 1,
    sleep: (milliseconds, signal) => realSleep(milliseconds / 20, signal),
    followLimits: { endingSilenceMs: 200 },
    host: { deadlinesMs },
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'provider-'));
  const repository = join(folder, 'repository');
  execFileSync('git', ['init', '-q', '-b', 'main', repository]);
  writeFileSync(join(repository, 'README.md'), '# A repository\n');
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words]);
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  cloud = await startRehearsal({ home: join(folder, 'home'), paceMs: 1 });
  provider = start();
});
afterEach(async () => {
  await provider.close();
  await cloud.close();
  removeFolder(folder);
});

const script = (...lines: string[]) => ['Do it.', '```rehearse', ...lines, '```'].join('\n');
const requestWith = (prompt: string, fields: Partial<LaunchRequest> = {}): LaunchRequest => ({
  threadId: `bc-${randomUUID()}`,
  name: 'Reviewer',
  prompt,
  repositories: [{ url: join(folder, 'repository'), startingRef: 'main' }],
  autoCreatePr: false,
  metadata: { cerevisorSession: 's_1', cerevisorAttempt: '1' },
  ...fields,
});

async function launched(prompt: string): Promise<TurnRecord> {
  const outcome = await provider.launch(requestWith(prompt));
  if (outcome.kind !== 'launched') throw new Error(JSON.stringify(outcome));
  return outcome.turn;
}

async function fault(effect: Record<string, unknown>, match: Record<string, unknown> = {}) {
  const response = await fetch(`${cloud.url}/rehearsal/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match, effect }),
  });
  if (!response.ok) throw new Error(await response.text());
}
const clearFaults = () => fetch(`${cloud.url}/rehearsal/faults`, { method: 'DELETE' });

const follow = (
  { threadId, turnId }: TurnRecord,
  observer: Recording,
  fields: { cursor?: string; signal?: AbortSignal; hasEnded?: boolean } = {},
) =>
  provider.follow(
    { threadId, turnId, hasEnded: false, signal: new AbortController().signal, ...fields },
    observer,
  );

const keys = (items: readonly RawItem[]) =>
  items.map(({ id, kind, dataText }) => `${id} ${kind} ${dataText}`);

/** The stream as it is without any trouble. */
async function replay(run: TurnRecord): Promise<string[]> {
  await clearFaults();
  const observer = record();
  expect(await follow(run, observer, { hasEnded: true })).toEqual({ kind: 'complete' });
  return keys(observer.kept());
}

describe('a whole run on the rehearsal cloud', () => {
  it('is launched, followed to its end, and leaves branch, artifact and usage', async () => {
    const run = await launched(
      script('say Hello there.', 'write notes.md Something new', 'artifact report.txt all fine'),
    );
    const observer = record();
    expect(await follow(run, observer)).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)?.record).toMatchObject({ status: 'FINISHED', turnId: run.turnId });
    expect(observer.facts.at(-1)?.record.branches[0]?.branch).toMatch(/^cursor\//);
    expect(observer.gaps).toEqual([]);

    expect(await provider.readTurn(run.threadId, run.turnId)).toMatchObject({
      value: { status: 'FINISHED' },
    });
    expect(await provider.reconnect(run.threadId, run.turnId)).toMatchObject({
      value: { status: 'FINISHED' },
    });
    const artifacts = await provider.listArtifacts(run.threadId);
    expect(artifacts).toMatchObject({
      ok: true,
      value: [{ path: expect.stringContaining('report.txt') }],
    });
    expect(await provider.usage(run.threadId, run.turnId)).toMatchObject({ ok: true });
    const own = await provider.listOwnThreads(10);
    expect(own.ok && own.value.map(({ threadId }) => threadId)).toEqual([run.threadId]);
  });

  it('takes a follow-up on the same agent', async () => {
    const run = await launched(script('say First.'));
    await follow(run, record());
    const outcome = await provider.followUp({
      threadId: run.threadId,
      followUpId: 'f_1',
      purpose: 'message',
      prompt: script('say Second.'),
      knownTurnIds: [run.turnId],
    });
    expect(outcome).toMatchObject({ kind: 'launched', adopted: false });
    if (outcome.kind !== 'launched') return;
    expect(outcome.turn.turnId).not.toBe(run.turnId);
    const observer = record();
    expect(await follow(outcome.turn, observer)).toEqual({ kind: 'complete' });
  });

  it('is cancelled only when Cursor says so', async () => {
    const run = await launched(script('say Working.', 'wait 1h'));
    const observer = record();
    const end = follow(run, observer);
    await observer.until(() => observer.facts.length > 0);
    expect(await provider.cancel(run.threadId, run.turnId)).toEqual({ ok: true, value: undefined });
    expect(await end).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)?.record.status).toBe('CANCELLED');
    expect(observer.facts.map((fact) => fact.record.status)).not.toContain('FINISHED');
    expect(await provider.cancel(run.threadId, run.turnId)).toMatchObject({
      error: { code: 'not_cancellable' },
    });
  });

  it('reports failure and expiry', async () => {
    const failed = record();
    await follow(await launched(script('fail It broke')), failed);
    expect(failed.facts.at(-1)?.record.status).toBe('ERROR');
    const expired = record();
    await follow(await launched(script('expire')), expired);
    expect(expired.facts.at(-1)?.record.status).toBe('EXPIRED');
  });
});

describe('launching once', () => {
  const agents = async () => {
    const own = await provider.listOwnThreads(100);
    return own.ok ? own.value.length : -1;
  };

  it.each([
    ['the answer is lost', { kind: 'reset', when: 'after' }],
    ['the answer is a broken page', { kind: 'malformed', when: 'after' }],
    [
      'a gateway loses the answer',
      { kind: 'error', code: 'upstream_error', status: 502, when: 'after' },
    ],
  ])('makes one agent when %s', async (_, effect) => {
    await fault(effect, { operation: 'createAgent', nth: 1 });
    const request = requestWith(script('say Hi.'));
    expect(await provider.launch(request)).toMatchObject({ kind: 'unknown' });
    expect(await provider.launch(request)).toMatchObject({
      kind: 'launched',
      adopted: true,
      turn: { threadId: request.threadId },
    });
    expect(await agents()).toBe(1);
  });

  it('creates one agent when the response never arrives', async () => {
    const hasty = start({ launch: 1_000 });
    try {
      await hasty.warm();
      await provider.warm();
      await fault({ kind: 'hang', when: 'after' }, { operation: 'createAgent', nth: 1 });
      const request = requestWith(script('say Hi.'));
      // The deadline passes once the request has arrived, however long that takes.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const unanswered = hasty.launch(request);
      while ((await agents()) === 0); // each turn is a request: this waits for the creation, not for a time
      vi.advanceTimersByTime(1_000);
      vi.useRealTimers();
      expect(await unanswered).toMatchObject({ kind: 'unknown' });
      expect(await provider.launch(request)).toMatchObject({ kind: 'launched', adopted: true });
      expect(await agents()).toBe(1);
    } finally {
      vi.useRealTimers();
      await hasty.close();
    }
  });

  it('creates one agent when the host crashes during the call', async () => {
    await provider.warm();
    await fault({ kind: 'hang', when: 'after' }, { operation: 'createAgent', nth: 1 });
    const request = requestWith(script('say Hi.'));
    const first = provider.launch(request);
    while ((await agents()) === 0); // each turn is a request: this waits for the creation, not for a time
    killProcess(provider.hostPid());
    expect(await first).toMatchObject({ kind: 'unknown', error: { code: 'host_failed' } });
    expect(await provider.launch(request)).toMatchObject({ kind: 'launched', adopted: true });
    expect(await agents()).toBe(1);
  });
});

describe('following despite failures', () => {
  const chatty = script(
    'say one two three four five six',
    'think seven eight',
    'say nine ten eleven',
    'write a.md x',
  );

  it.each([
    ['between a frame and its twin', { kind: 'cut', inPair: 3, how: 'reset' }],
    ['by a clean end', { kind: 'cut', afterEvents: 5, how: 'end' }],
    ['in the middle of a frame', { kind: 'cut', afterBytes: 700, how: 'reset' }],
    ['with garbage', { kind: 'garbage', afterEvents: 4 }],
    ['with stream_unavailable', { kind: 'stream-error', afterEvents: 3 }],
  ])('keeps every event once when each of five connections is cut %s', async (_, effect) => {
    await fault(effect, { operation: 'streamRun', times: 5 });
    const run = await launched(chatty);
    const observer = record();
    expect(await follow(run, observer)).toEqual({ kind: 'complete' });
    expect(keys(observer.kept())).toEqual(await replay(run));
    expect(observer.facts.filter((fact) => fact.record.status === 'FINISHED')).toHaveLength(1);
  });

  it('keeps every event once across crashes of Cerevisor, from the stored cursor', async () => {
    const run = await launched(chatty);
    const kept: RawItem[] = [];
    let cursor: string | undefined;
    for (let crash = 0; crash < 6; crash += 1) {
      await fault(
        { kind: 'cut', afterEvents: 4 + crash, how: 'end' },
        { operation: 'streamRun', times: 1 },
      );
      const observer = record();
      const abort = new AbortController();
      const end = follow(run, observer, {
        signal: abort.signal,
        ...(cursor === undefined ? {} : { cursor }),
      });
      await Promise.race([
        observer.until(() => observer.connections.includes('reconnecting')),
        end,
      ]);
      abort.abort();
      await end;
      kept.push(...observer.items);
      cursor = observer.cursors.at(-1) ?? cursor;
    }
    const last = record();
    await follow(run, last, cursor === undefined ? {} : { cursor });
    last.items.unshift(...kept);
    expect(keys(last.kept())).toEqual(await replay(run));
  });

  it('reads CRLF framing', async () => {
    await fault({ kind: 'crlf' }, { operation: 'streamRun' });
    const run = await launched(chatty);
    const observer = record();
    expect(await follow(run, observer)).toEqual({ kind: 'complete' });
    expect(keys(observer.kept())).toEqual(await replay(run));
  });

  it('starts again with a gap when the cursor belongs to another run', async () => {
    const run = await launched(script('say Hi.'));
    const observer = record();
    const end = await follow(run, observer, { cursor: 'not-of-this-run' });
    expect(end).toEqual({ kind: 'complete' });
    expect(observer.gaps).toEqual(['invalid_last_event_id']);
    expect(keys(observer.kept())).toEqual(await replay(run));
  });

  it('reports an expired stream and takes the result from the record', async () => {
    const run = await launched(script('say Hi.'));
    await follow(run, record());
    await fault({ kind: 'error', code: 'stream_expired', status: 410 }, { operation: 'streamRun' });
    const observer = record();
    expect(await follow(run, observer)).toEqual({ kind: 'incomplete' });
    expect(observer.gaps).toEqual(['stream_expired']);
    expect(observer.facts.at(-1)).toMatchObject({
      source: 'record',
      record: { status: 'FINISHED' },
    });
  });

  it('trusts the stream when the record stays frozen at RUNNING', async () => {
    await fault({ kind: 'frozen-record' });
    await fault({ kind: 'no-result' }, { operation: 'streamRun' });
    const run = await launched(script('say Hi.'));
    const observer = record();
    await follow(run, observer);
    expect(observer.facts.at(-1)).toMatchObject({
      source: 'stream',
      record: { status: 'FINISHED' },
    });
  });

  it('takes the result from the stream although the record stays frozen', async () => {
    await fault({ kind: 'frozen-record' });
    const run = await launched(script('say Hi.'));
    const observer = record();
    expect(await follow(run, observer)).toEqual({ kind: 'complete' });
    expect(observer.facts.at(-1)).toMatchObject({
      source: 'stream',
      record: { status: 'FINISHED' },
    });
  });
});
