import { expect, test } from 'vitest';
import type { ProcessRow } from './process-row.ts';
import { processKey, processTreeOf } from './process-tree.ts';

const row = (pid: number, parentPid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parentPid,
  began: `boot ${pid}`,
  sessionPid: 1,
  threadId: null,
  detachedFolder: null,
  name: `p${pid}`,
  ...more,
});
const host = { pid: 10, began: 'boot 10' };
const query = {
  threadId: 'agent-1',
  root: host,
  exclusiveFolder: null,
  known: new Set<string>(),
  excluded: new Set([5]),
};
const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid).sort((a, b) => a - b);

test('contains the host and all of its descendants', () => {
  const rows = [row(1, 0), row(5, 1), row(10, 5), row(11, 10), row(12, 11), row(20, 1)];
  expect(pids(processTreeOf(rows, query))).toEqual([10, 11, 12]);
});

test('contains processes that left their parent but carry the mark, and their children', () => {
  const rows = [row(1, 0), row(30, 1, { threadId: 'agent-1' }), row(31, 30)];
  expect(pids(processTreeOf(rows, { ...query, root: null }))).toEqual([30, 31]);
});

test('contains processes in the session of the host', () => {
  expect(pids(processTreeOf([row(10, 5), row(40, 1, { sessionPid: 10 })], query))).toEqual([
    10, 40,
  ]);
});

test('contains known processes that nothing else identifies anymore', () => {
  const known = new Set([processKey(row(50, 1))]);
  expect(pids(processTreeOf([row(50, 1)], { ...query, known }))).toEqual([50]);
});

test('leaves out a later process that reuses the pid of the host', () => {
  const rows = [row(10, 1, { began: 'boot 99' }), row(11, 10), row(12, 1, { sessionPid: 10 })];
  expect(processTreeOf(rows, query)).toEqual([]);
});

test('leaves out the runner and pid 1, even if they carry the mark', () => {
  const rows = [row(1, 0, { threadId: 'agent-1' }), row(5, 1, { threadId: 'agent-1' })];
  expect(processTreeOf(rows, query)).toEqual([]);
});

test('contains detached processes in the working folder that began after the host, and no others', () => {
  const detached = [
    row(70, 1, { detachedFolder: '/work/one' }),
    row(71, 1, { detachedFolder: '/work/one/app' }),
    row(72, 70),
    row(73, 1, { detachedFolder: '/work/one-two' }),
    row(9, 1, { detachedFolder: '/work/one' }),
    row(74, 1, { detachedFolder: '/work/one', began: 'other 74' }),
    row(75, 1, { detachedFolder: '/work/one', threadId: 'agent-2' }),
  ];
  const exclusiveFolder = { path: '/work/one', since: 'boot 10' };
  expect(pids(processTreeOf(detached, { ...query, exclusiveFolder }))).toEqual([70, 71, 72]);
  expect(processTreeOf(detached, query)).toEqual([]);
});

test('leaves out processes of other threads', () => {
  expect(processTreeOf([row(60, 1, { threadId: 'agent-2' })], query)).toEqual([]);
});
