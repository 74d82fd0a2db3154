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
import { LogClosed, LogWriteFailed, ThreadLog, writeDurably } from './thread-log.ts';

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
  const received: StoredRecord[] = [];
  const log = await ThreadLog.open(file(), (stored) => received.push(stored), options);
  return { log, received };
}

async function readAll(log: ThreadLog, after = 0): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const stored of log.read(after)) records.push(stored);
  return records;
}

test('a record is reported once it is on disk, and again when the log is reopened', async () => {
  const { log, received } = await openLog();
  const appended = log.append(item('a'), item('b'));
  expect(received).toEqual([]);
  expect(await appended).toEqual(received);
  expect(readFileSync(file(), 'utf8')).toBe(
    encodeRecord(1, item('a')) + encodeRecord(2, item('b')),
  );
  await log.close();
  const again = await openLog();
  expect(again.received).toEqual(received);
  expect(again.log.lastSeq).toBe(2);
  await again.log.close();
});

test('records appended while a write is in progress are written together, in order', async () => {
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
  // An append right after a write has finished is not lost.
  await log.append(item('e')).then(() => log.append(item('f')));
  expect(log.lastSeq).toBe(6);
  await log.close();
});

test.each(['', '9', '00000000 {"seq":3', '00000000 {"seq":3}\n', '00000000 \n', '\0\0\0\0\n'])(
  'a torn last line (%j) is cut off, and the next record takes its place',
  async (torn) => {
    writeFileSync(file(), encodeRecord(1, item('a')) + encodeRecord(2, item('b')));
    const wholeBytes = statSync(file()).size;
    appendFileSync(file(), torn);
    const { log, received } = await openLog();
    expect(received).toHaveLength(2);
    expect(statSync(file()).size).toBe(wholeBytes);
    expect(log.corruptCopy).toBeNull();
    expect((await log.append(item('c')))[0]?.seq).toBe(3);
    await log.close();
  },
);

test('a log that is corrupt in the middle is copied before it is truncated', async () => {
  const bad = encodeRecord(2, item('b')).replace('"b"', '"x"');
  writeFileSync(file(), encodeRecord(1, item('a')) + bad + encodeRecord(3, item('c')));
  const before = readFileSync(file());
  const { log, received } = await openLog();
  expect(received).toHaveLength(1);
  expect(readFileSync(log.corruptCopy ?? '')).toEqual(before);
  await log.close();
});

test('reads the records after any cursor', async () => {
  const { log } = await openLog();
  const texts = Array.from({ length: 1_000 }, (_, index) => `item ${index}`);
  await log.append(...texts.map(item));
  for (const after of [0, 1, 127, 128, 129, 500, 999, 1_000, 2_000]) {
    const records = await readAll(log, after);
    expect(records.map(({ seq }) => seq)).toEqual(
      Array.from({ length: Math.max(0, 1_000 - after) }, (_, index) => after + 1 + index),
    );
  }
  await log.close();
});

test('a write error is reported, and the records are written once each after it has passed', async () => {
  let isFull = true;
  const errors: (string | null)[] = [];
  const { log, received } = await openLog({
    retryEveryMs: 5,
    onWriteError: (error) => errors.push(error?.message ?? null),
    write: async (handle, bytes, at) => {
      if (!isFull) return writeDurably(handle, bytes, at);
      // Like a disk that accepts part of a write before it fails.
      await handle.write(bytes.subarray(0, 10), 0, 10, at);
      throw new Error('ENOSPC: no space left on device');
    },
  });
  const kept = log.append(item('must be kept'));
  await expect(log.appendOrFail(item('may be refused'))).rejects.toBeInstanceOf(LogWriteFailed);
  expect(log.writeError?.message).toContain('ENOSPC');
  expect(received).toEqual([]);
  isFull = false;
  expect((await kept)[0]?.seq).toBe(1);
  await log.appendOrFail(item('fits now'));
  expect(log.writeError).toBeNull();
  expect(errors).toEqual(['ENOSPC: no space left on device', null]);
  await log.close();
  const again = await openLog();
  expect(again.received.map(({ record }) => record)).toEqual([
    item('must be kept'),
    item('fits now'),
  ]);
  await again.log.close();
});

test('closing rejects the records that cannot be written', async () => {
  const { log } = await openLog({
    retryEveryMs: 5,
    write: () => Promise.reject(new Error('EIO')),
  });
  const waiting = expect(log.append(item('a'))).rejects.toBeInstanceOf(LogClosed);
  await log.close();
  await waiting;
  await expect(log.append(item('b'))).rejects.toBeInstanceOf(LogClosed);
});

test('a waiting reader is woken by the next record, by its signal and when the log is closed', async () => {
  const { log } = await openLog();
  const woken = log.waitForRecordAfter(0, new AbortController().signal);
  await log.append(item('a'));
  await woken;
  const abort = new AbortController();
  const aborted = log.waitForRecordAfter(1, abort.signal);
  abort.abort();
  await aborted;
  const ended = log.waitForRecordAfter(1, new AbortController().signal);
  await log.close();
  await ended;
});

test('a record type of a later version keeps its sequence number and is otherwise ignored', async () => {
  const later = { type: 'dream', about: 'sheep' } as unknown as LogRecord; // A type of a later version.
  writeFileSync(file(), encodeRecord(1, later) + encodeRecord(2, item('b')));
  const { log, received } = await openLog();
  expect(received.map(({ seq, record }) => [seq, record.type])).toEqual([
    [1, 'unknown'],
    [2, 'item'],
  ]);
  await log.close();
});
