import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeRecord, type LogRecord, type StoredRecord } from './record.ts';
import { LogClosed, LogRefused, ThreadLog, writeDurably } from './thread-log.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thread-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'log.ndjson');
const item = (text: string): LogRecord => ({
  type: 'item',
  turnId: 'turn-1',
  item: { kind: 'text', id: text, dataText: JSON.stringify({ text }) },
});

async function openLog(options: Parameters<typeof ThreadLog.open>[2] = {}) {
  const heard: StoredRecord[] = [];
  const log = await ThreadLog.open(file(), (stored) => heard.push(stored), options);
  return { log, heard };
}

async function readAll(log: ThreadLog, after = 0): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for await (const stored of log.read(after)) found.push(stored);
  return found;
}

test('a record counts once it is on disk, and is there again after the next opening', async () => {
  const { log, heard } = await openLog();
  const appended = log.append(item('a'), item('b'));
  expect(heard).toEqual([]);
  expect(await appended).toEqual(heard);
  expect(readFileSync(file(), 'utf8')).toBe(
    encodeRecord(1, item('a')) + encodeRecord(2, item('b')),
  );
  await log.close();
  const again = await openLog();
  expect(again.heard).toEqual(heard);
  expect(again.log.lastSeq).toBe(2);
  await again.log.close();
});

test('what comes while the disk is busy is written together, in order', async () => {
  const writes: number[] = [];
  const { log } = await openLog({
    write: async (handle, bytes, at) => {
      writes.push(bytes.toString().split('\n').length - 1);
      await writeDurably(handle, bytes, at);
    },
  });
  const all = ['a', 'b', 'c', 'd'].map((text) => log.append(item(text)));
  const stored = (await Promise.all(all)).flat();
  expect(stored.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
  expect(writes).toEqual([4]);
  // Between the end of one write and the next request nothing is forgotten.
  await log.append(item('e')).then(() => log.append(item('f')));
  expect(log.lastSeq).toBe(6);
  await log.close();
});

test.each(['', '9', '00000000 {"seq":3', '00000000 {"seq":3}\n', '00000000 \n', '\0\0\0\0\n'])(
  'a torn end (%j) is cut off, and the next record takes its place',
  async (torn) => {
    writeFileSync(file(), encodeRecord(1, item('a')) + encodeRecord(2, item('b')));
    const wholeBytes = statSync(file()).size;
    appendFileSync(file(), torn);
    const { log, heard } = await openLog();
    expect(heard).toHaveLength(2);
    expect(statSync(file()).size).toBe(wholeBytes);
    expect(log.damagedCopy).toBeNull();
    expect((await log.append(item('c')))[0]?.seq).toBe(3);
    await log.close();
  },
);

test('a log that is damaged in the middle is kept as it was next to what can be used of it', async () => {
  const bad = encodeRecord(2, item('b')).replace('"b"', '"x"');
  writeFileSync(file(), encodeRecord(1, item('a')) + bad + encodeRecord(3, item('c')));
  const before = readFileSync(file());
  const { log, heard } = await openLog();
  expect(heard).toHaveLength(1);
  expect(readFileSync(log.damagedCopy ?? '')).toEqual(before);
  await log.close();
});

test('reads behind any cursor, whatever the size of the log', async () => {
  const { log } = await openLog();
  const texts = Array.from({ length: 1_000 }, (_, index) => `item ${index}`);
  await log.append(...texts.map(item));
  for (const after of [0, 1, 127, 128, 129, 500, 999, 1_000, 2_000]) {
    const found = await readAll(log, after);
    expect(found.map(({ seq }) => seq)).toEqual(
      Array.from({ length: Math.max(0, 1_000 - after) }, (_, index) => after + 1 + index),
    );
  }
  await log.close();
});

test('a full disk holds records back and tells; they are there, once each, when it takes them again', async () => {
  let isFull = true;
  const troubles: (string | null)[] = [];
  const { log, heard } = await openLog({
    retryEveryMs: 5,
    onTrouble: (trouble) => troubles.push(trouble?.message ?? null),
    write: async (handle, bytes, at) => {
      if (!isFull) return writeDurably(handle, bytes, at);
      // As a disk does that takes a part before it refuses.
      await handle.write(bytes.subarray(0, 10), 0, 10, at);
      throw new Error('ENOSPC: no space left on device');
    },
  });
  const stubborn = log.append(item('must be kept'));
  await expect(log.appendOrFail(item('may be refused'))).rejects.toBeInstanceOf(LogRefused);
  expect(log.trouble?.message).toContain('ENOSPC');
  expect(heard).toEqual([]);
  isFull = false;
  expect((await stubborn)[0]?.seq).toBe(1);
  await log.appendOrFail(item('fits now'));
  expect(log.trouble).toBeNull();
  expect(troubles).toEqual(['ENOSPC: no space left on device', null]);
  await log.close();
  const again = await openLog();
  expect(again.heard.map(({ record }) => record)).toEqual([item('must be kept'), item('fits now')]);
  await again.log.close();
});

test('closing gives up what the disk refuses, and says so to whoever waits', async () => {
  const { log } = await openLog({
    retryEveryMs: 5,
    write: () => Promise.reject(new Error('EIO')),
  });
  const waiting = expect(log.append(item('a'))).rejects.toBeInstanceOf(LogClosed);
  await log.close();
  await waiting;
  await expect(log.append(item('b'))).rejects.toBeInstanceOf(LogClosed);
});

test('a reader that waits is woken by the next record, by its signal and by the end', async () => {
  const { log } = await openLog();
  const woken = log.waitBeyond(0, new AbortController().signal);
  await log.append(item('a'));
  await woken;
  const abort = new AbortController();
  const aborted = log.waitBeyond(1, abort.signal);
  abort.abort();
  await aborted;
  const ended = log.waitBeyond(1, new AbortController().signal);
  await log.close();
  await ended;
});

test('a record of a later version keeps its number and means nothing here', async () => {
  const later = { type: 'dream', about: 'sheep' } as unknown as LogRecord; // Of a version to come.
  writeFileSync(file(), encodeRecord(1, later) + encodeRecord(2, item('b')));
  const { log, heard } = await openLog();
  expect(heard.map(({ seq, record }) => [seq, record.type])).toEqual([
    [1, 'unknown'],
    [2, 'item'],
  ]);
  await log.close();
});
