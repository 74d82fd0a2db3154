import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeRecord, type LogRecord } from '../log/record.ts';
import { pruneThreads, RETENTION_MS } from './prune-threads.ts';

const turn: LogRecord = { type: 'turn', at: 1, turnId: 't', requestHash: 'h', prompt: 'p' };
const ended: LogRecord = {
  type: 'ended',
  at: 2,
  turnId: 't',
  ended: { status: 'FINISHED', branches: [] },
};
const acknowledged = (upTo: number): LogRecord => ({ type: 'acknowledged', at: 3, upTo });

test('removes only threads that are old and fully acknowledged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prune-'));
  const add = (threadId: string, ...records: readonly LogRecord[]) => {
    mkdirSync(join(folder, threadId));
    const text = records.map((record, index) => encodeRecord(index + 1, record)).join('');
    writeFileSync(join(folder, threadId, 'log.ndjson'), text);
  };
  add('known', turn, ended, acknowledged(2));
  add('unknown', turn, ended);
  add('half-known', turn, ended, acknowledged(1));
  add('at-work', turn, acknowledged(1));
  add('held', turn, ended, acknowledged(2));
  mkdirSync(join(folder, 'something-else'));
  const request = { folder, isInUse: (threadId: string) => threadId === 'held' };
  expect(await pruneThreads({ ...request, now: Date.now() })).toEqual([]);
  const later = Date.now() + RETENTION_MS + 60_000;
  expect(await pruneThreads({ ...request, now: later })).toEqual(['known']);
  expect(readdirSync(folder).sort()).toEqual([
    'at-work',
    'half-known',
    'held',
    'something-else',
    'unknown',
  ]);
  rmSync(folder, { recursive: true });
});
