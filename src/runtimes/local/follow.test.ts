import { expect, test } from 'vitest';
import type { FollowEnd, FollowObserver } from '../turn-reading.ts';
import { TurnReading } from './follow.ts';
import type { FollowLine, LocalTurn } from './protocol.ts';
import type { CallAnswer, CallError } from './socket-calls.ts';

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

/** Reads what these connections give, one after the other, and tells what an observer heard. */
async function read(connections: readonly Connection[], cursor?: string) {
  const heard: string[] = [];
  const askedAfter: number[] = [];
  const left = [...connections];
  const abort = new AbortController();
  const client = {
    async items(_: string, __: string, after: number): Promise<CallAnswer<AsyncIterable<Buffer>>> {
      askedAfter.push(after);
      const next = left.shift();
      if (next === undefined) {
        abort.abort();
        return { ok: false, error: { code: 'unreachable', message: 'Nobody is there.' } };
      }
      return 'code' in next ? { ok: false, error: next } : { ok: true, value: bytesOf(next) };
    },
  };
  const observer: FollowObserver = {
    onItems: (batch) =>
      heard.push(`items ${batch.items.map(({ id }) => id).join(',')} @${batch.cursor}`),
    onFact: ({ record }) => heard.push(`fact ${record.status}`),
    onConnection: (connection) => heard.push(connection),
    onGap: ({ detail }) => heard.push(`gap ${detail}`),
  };
  const reading = new TurnReading(
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
  return { heard, askedAfter, outcome };
}

async function* bytesOf({ pieces, cutBy }: Extract<Connection, { pieces: unknown }>) {
  for (const piece of pieces) yield Buffer.from(piece);
  if (cutBy !== undefined) throw new Error(cutBy);
}

test('hands over items with the cursor behind them, then the end', async () => {
  const { heard, outcome } = await read([
    { pieces: [line({ fact: turn('RUNNING') }) + item(4) + item(6), item(9) + end] },
  ]);
  expect(outcome).toEqual({ kind: 'complete' });
  expect(heard).toEqual(['live', 'fact RUNNING', 'items i4,i6 @6', 'items i9 @9', 'fact FINISHED']);
});

test('a connection that is cut in the middle of a line costs nothing and repeats nothing', async () => {
  const { heard, askedAfter, outcome } = await read(
    [
      { pieces: [item(4), item(5).slice(0, 10)], cutBy: 'socket hang up' },
      { pieces: [item(5).slice(0, 3), item(5).slice(3) + end] },
    ],
    '3',
  );
  expect(askedAfter).toEqual([3, 4]);
  expect(outcome).toEqual({ kind: 'complete' });
  expect(heard).toEqual([
    'live',
    'items i4 @4',
    'reconnecting',
    'live',
    'items i5 @5',
    'fact FINISHED',
  ]);
});

test('a stream that just ends has not told the end of the turn', async () => {
  const { askedAfter, outcome } = await read([{ pieces: [item(4)] }, { pieces: [end] }]);
  expect(askedAfter).toEqual([0, 4]);
  expect(outcome).toEqual({ kind: 'complete' });
});

test('whoever cannot be reached again and again is not known about', async () => {
  const gone: CallError = { code: 'unreachable', message: 'Nobody is there.' };
  const { heard, outcome } = await read([gone, gone, { pieces: [end] }]);
  expect(heard).toEqual(['reconnecting', 'unknown', 'live', 'fact FINISHED']);
  expect(outcome).toEqual({ kind: 'complete' });
});

test('a turn that the runner does not know is not waited for', async () => {
  const { outcome } = await read([{ code: 'not_found', message: 'There is no such thread.' }]);
  expect(outcome).toMatchObject({ kind: 'blocked', error: { code: 'not_found' } });
});

test('stops when it is told to', async () => {
  const { outcome } = await read([]);
  expect(outcome).toEqual({ kind: 'aborted' });
});
