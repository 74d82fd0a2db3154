import { expect, test } from 'vitest';
import { answerRecord, requestRecord } from '../../../testing/local/request-records.ts';
import type { LogRecord } from '../log/record.ts';
import {
  emptyThread,
  evolve,
  openTurn,
  type ThreadState,
  turnOf,
  unfinishedCallsOf,
} from './thread-state.ts';

const after = (...records: readonly LogRecord[]): ThreadState =>
  records.reduce((state, record, index) => evolve(state, { seq: index + 1, record }), emptyThread);

const turn = (turnId: string): LogRecord => ({
  type: 'turn',
  at: 1,
  turnId,
  requestHash: 'h',
  prompt: 'Do it.',
});
const call = (callId: string, status: string): LogRecord => ({
  type: 'item',
  turnId: 't',
  item: {
    kind: 'tool-call',
    dataText: JSON.stringify({ callId, name: 'shell', status, args: { command: callId } }),
  },
});
const ended = (status: 'FINISHED' | 'INTERRUPTED', code?: string): LogRecord => ({
  type: 'ended',
  at: 9,
  turnId: 't',
  ended: {
    status,
    branches: [],
    ...(code === undefined ? {} : { failure: { code, message: '' } }),
  },
});
const phaseOf = (state: ThreadState) => turnOf(state, 't')?.phase;

test('a turn goes through accepted, sent, closing and ended', () => {
  const records: LogRecord[] = [turn('t')];
  expect(phaseOf(after(...records))).toEqual({ kind: 'accepted', isCancelled: false });
  records.push({ type: 'sent', at: 2, turnId: 't' });
  expect(phaseOf(after(...records))).toEqual({ kind: 'sent', sentAt: 2, isCancelled: false });
  records.push({ type: 'cancel', at: 3, turnId: 't' });
  expect(phaseOf(after(...records))).toMatchObject({ kind: 'sent', isCancelled: true });
  records.push({ type: 'host-ended', at: 4, turnId: 't', end: { status: 'FINISHED' } });
  expect(phaseOf(after(...records))).toMatchObject({ kind: 'closing' });
  expect(openTurn(after(...records))?.turnId).toBe('t');
  records.push(ended('FINISHED'));
  expect(phaseOf(after(...records))).toMatchObject({ kind: 'ended' });
  expect(openTurn(after(...records))).toBeUndefined();
});

test('a turn that was cancelled before its prompt was sent stays cancelled', () => {
  const state = after(
    turn('t'),
    { type: 'cancel', at: 2, turnId: 't' },
    { type: 'sent', at: 3, turnId: 't' },
  );
  expect(phaseOf(state)).toMatchObject({ kind: 'sent', isCancelled: true });
});

test('knows the oldest process until all processes of the thread have exited', () => {
  const records: LogRecord[] = [
    turn('t'),
    { type: 'command', at: 2, pid: 7, began: 'boot 70', cwd: '/work' },
    { type: 'command', at: 3, pid: 8, began: 'boot 80', cwd: '/work' },
    { type: 'host', at: 4, pid: 9, began: 'boot 90' },
  ];
  expect(after(...records)).toMatchObject({
    oldestProcess: { began: 'boot 70', cwd: '/work' },
    host: { pid: 9 },
  });
  records.push({ type: 'host-gone', at: 5, how: 'it was closed' });
  expect(after(...records)).toMatchObject({ oldestProcess: null, host: null });
  records.push({ type: 'host', at: 6, pid: 10, began: 'boot 99' });
  expect(after(...records).oldestProcess).toEqual({ began: 'boot 99', cwd: null });
});

test('a late record does not change an ended turn', () => {
  const state = after(turn('t'), ended('FINISHED'), ended('INTERRUPTED', 'runner_died'));
  expect(phaseOf(state)).toMatchObject({ ended: { status: 'FINISHED' } });
});

test('lists calls without a result, with their arguments', () => {
  const state = after(
    turn('t'),
    call('a', 'running'),
    call('b', 'running'),
    call('a', 'completed'),
    call('c', 'running'),
    call('c', 'error'),
  );
  expect(turnOf(state, 't')?.openCalls).toEqual([
    { callId: 'b', name: 'shell', args: { command: 'b' } },
  ]);
});

test('an item with invalid JSON is ignored', () => {
  const broken: LogRecord = {
    type: 'item',
    turnId: 't',
    item: { kind: 'tool-call', dataText: '{"callId":' },
  };
  expect(after(turn('t'), broken).lastSeq).toBe(2);
});

test('counts consecutive host crashes, but no other interruptions', () => {
  const crash = ended('INTERRUPTED', 'host_died');
  const turnsEnding = (...ends: readonly LogRecord[]) =>
    after(
      ...ends.flatMap((end, index) => [
        turn(`t${index}`),
        { ...end, turnId: `t${index}` } as LogRecord,
      ]),
    ); // The same record of another turn.
  expect(turnsEnding(crash, crash).hostCrashes).toBe(2);
  expect(turnsEnding(crash, ended('FINISHED')).hostCrashes).toBe(0);
  expect(turnsEnding(crash, ended('INTERRUPTED', 'runner_died')).hostCrashes).toBe(0);
});

test('a call that waits for permission or was denied it has taken no effect', () => {
  const records = ['unasked', 'waiting', 'allowed', 'denied'].map((id) => call(id, 'running'));
  const state = after(
    turn('t'),
    { type: 'sent', at: 2, turnId: 't' },
    ...records,
    ...['waiting', 'allowed', 'denied'].map((id) => requestRecord('t', id)),
    answerRecord('t', 'allowed', 'allow'),
    answerRecord('t', 'denied', 'deny'),
  );
  const open = turnOf(state, 't');
  if (open === undefined) throw new Error('The turn is missing');
  expect(unfinishedCallsOf(open).map(({ callId }) => callId)).toEqual(['unasked', 'allowed']);
});
