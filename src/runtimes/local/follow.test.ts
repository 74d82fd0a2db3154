import { expect, test } from 'vitest';
import type { FollowEnd, FollowObserver } from '../follow-types.ts';
import { TurnFollower } from './follow.ts';
import type { FollowLine, LocalTurn } from './protocol.ts';
import type { CallError, CallResult } from './socket-calls.ts';

type Connection = { readonly pieces: readonly string[]; readonly cutBy?: string } | CallError;

const turn = (status: LocalTurn['status']): LocalTurn => ({
  threadId: 'agent-1',
  turnId: 'turn-1',
  status,
  createdAt: 1,
  branches: [],
});
const line = (value: FollowLine): string => `${JSON.stringify(value)}\n`;
const item = (seq: number): string =>
  line({ seq, item: { kind: 'text', id: `i${seq}`, dataText: '{}' } });
const end = line({ fact: turn('FINISHED') }) + line({ end: 'complete' });

/** Follows a turn over these connections, one after the other, and returns what the observer received. */
async function read(connections: readonly Connection[], cursor?: string) {
  const events: string[] = [];
  const cursors: number[] = [];
  const remaining = [...connections];
  const abort = new AbortController();
  const client = {
    async items(_: string, __: string, after: number): Promise<CallResult<AsyncIterable<Buffer>>> {
      cursors.push(after);
      const next = remaining.shift();
      if (next === undefined) {
        abort.abort();
        return { ok: false, error: { code: 'unreachable', message: 'Nobody is there.' } };
      }
      return 'code' in next ? { ok: false, error: next } : { ok: true, value: bytesOf(next) };
    },
  };
  const observer: FollowObserver = {
    onItems: (batch) =>
      events.push(`items ${batch.items.map(({ id }) => id).join(',')} @${batch.cursor}`),
    onFact: ({ record }) => events.push(`fact ${record.status}`),
    onConnection: (connection, reason) =>
      events.push(connection === 'live' && reason !== undefined ? `live: ${reason}` : connection),
    onGap: ({ detail }) => events.push(`gap ${detail}`),
  };
  const reading = new TurnFollower(
    client,
    { now: () => 0, random: () => 0, sleep: async () => undefined },
    {
      threadId: 'agent-1',
      turnId: 'turn-1',
      hasEnded: false,
      signal: abort.signal,
      ...(cursor === undefined ? {} : { cursor }),
    },
    observer,
  );
  const outcome: FollowEnd = await reading.run();
  return { events, cursors, outcome };
}

async function* bytesOf({ pieces, cutBy }: Extract<Connection, { pieces: unknown }>) {
  for (const piece of pieces) yield Buffer.from(piece);
  if (cutBy !== undefined) throw new Error(cutBy);
}

test('says while the runner cannot record anything, until it can', async () => {
  const full = line({ heartbeat: true, trouble: 'The disk is full.' });
  const idle = line({ heartbeat: true });
  const { events } = await read([
    { pieces: [item(4), idle, full, full, idle, full, item(6), idle + end] },
  ]);
  expect(events).toEqual([
    'live',
    'items i4 @4',
    'live: The disk is full.',
    'live',
    'live: The disk is full.',
    'live',
    'items i6 @6',
    'fact FINISHED',
  ]);
});

test('passes on items with their cursor, then the end', async () => {
  const { events, outcome } = await read([
    { pieces: [line({ fact: turn('RUNNING') }) + item(4) + item(6), item(9) + end] },
  ]);
  expect(outcome).toEqual({ kind: 'complete' });
  expect(events).toEqual([
    'live',
    'fact RUNNING',
    'items i4,i6 @6',
    'items i9 @9',
    'fact FINISHED',
  ]);
});

test('after an interruption in the middle of a line nothing is lost or repeated', async () => {
  const { events, cursors, outcome } = await read(
    [
      { pieces: [item(4), item(5).slice(0, 10)], cutBy: 'socket hang up' },
      { pieces: [item(5).slice(0, 3), item(5).slice(3) + end] },
    ],
    '3',
  );
  expect(cursors).toEqual([3, 4]);
  expect(outcome).toEqual({ kind: 'complete' });
  expect(events).toEqual([
    'live',
    'items i4 @4',
    'reconnecting',
    'live',
    'items i5 @5',
    'fact FINISHED',
  ]);
});

test('a stream without an end line does not end the turn', async () => {
  const { cursors, outcome } = await read([{ pieces: [item(4)] }, { pieces: [end] }]);
  expect(cursors).toEqual([0, 4]);
  expect(outcome).toEqual({ kind: 'complete' });
});

test('the state is unknown after repeated failures to connect', async () => {
  const unreachable: CallError = { code: 'unreachable', message: 'Nobody is there.' };
  const { events, outcome } = await read([unreachable, unreachable, { pieces: [end] }]);
  expect(events).toEqual(['reconnecting', 'unknown', 'live', 'fact FINISHED']);
  expect(outcome).toEqual({ kind: 'complete' });
});

test('following a turn that the runner does not know ends at once', async () => {
  const { outcome } = await read([{ code: 'not_found', message: 'There is no such thread.' }]);
  expect(outcome).toMatchObject({ kind: 'blocked', error: { code: 'not_found' } });
});

test('stops when the signal is aborted', async () => {
  const { outcome } = await read([]);
  expect(outcome).toEqual({ kind: 'aborted' });
});
