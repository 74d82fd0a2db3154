import { expect, test } from 'vitest';
import { familyOf, keyOf } from './family.ts';
import type { ProcessRow } from './process-row.ts';

const row = (pid: number, parentPid: number, more: Partial<ProcessRow> = {}): ProcessRow => ({
  pid,
  parentPid,
  began: `boot ${pid}`,
  sessionPid: 1,
  threadId: null,
  strayFolder: null,
  name: `p${pid}`,
  ...more,
});
const host = { pid: 10, began: 'boot 10' };
const search = {
  threadId: 'agent-1',
  root: host,
  ownFolder: null,
  known: new Set<string>(),
  spared: new Set([5]),
};
const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid).sort((a, b) => a - b);

test('is the host and everything that it started, over any number of generations', () => {
  const rows = [row(1, 0), row(5, 1), row(10, 5), row(11, 10), row(12, 11), row(20, 1)];
  expect(pids(familyOf(rows, search))).toEqual([10, 11, 12]);
});

test('has those that left their parents and carry the mark, with their own children', () => {
  const rows = [row(1, 0), row(30, 1, { threadId: 'agent-1' }), row(31, 30)];
  expect(pids(familyOf(rows, { ...search, root: null }))).toEqual([30, 31]);
});

test('has those that stayed in the session of the host without any other sign', () => {
  expect(pids(familyOf([row(10, 5), row(40, 1, { sessionPid: 10 })], search))).toEqual([10, 40]);
});

test('has those that were seen before, also when nothing else tells anymore', () => {
  const known = new Set([keyOf(row(50, 1))]);
  expect(pids(familyOf([row(50, 1)], { ...search, known }))).toEqual([50]);
});

test('has nobody who was given the number of the host later', () => {
  const rows = [row(10, 1, { began: 'boot 99' }), row(11, 10), row(12, 1, { sessionPid: 10 })];
  expect(familyOf(rows, search)).toEqual([]);
});

test('has neither the runner nor the first process, whatever they carry', () => {
  const rows = [row(1, 0, { threadId: 'agent-1' }), row(5, 1, { threadId: 'agent-1' })];
  expect(familyOf(rows, search)).toEqual([]);
});

test('has strays in the working folder that began after the host, and no others', () => {
  const strays = [
    row(70, 1, { strayFolder: '/work/one' }),
    row(71, 1, { strayFolder: '/work/one/app' }),
    row(72, 70),
    row(73, 1, { strayFolder: '/work/one-two' }),
    row(9, 1, { strayFolder: '/work/one' }),
    row(74, 1, { strayFolder: '/work/one', began: 'other 74' }),
    row(75, 1, { strayFolder: '/work/one', threadId: 'agent-2' }),
  ];
  const ownFolder = { path: '/work/one', since: 'boot 10' };
  expect(pids(familyOf(strays, { ...search, ownFolder }))).toEqual([70, 71, 72]);
  expect(familyOf(strays, search)).toEqual([]);
});

test('has no process of another thread', () => {
  expect(familyOf([row(60, 1, { threadId: 'agent-2' })], search)).toEqual([]);
});
