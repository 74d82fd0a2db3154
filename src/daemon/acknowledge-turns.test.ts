import { expect, test } from 'vitest';
import type { Journal } from '../journal/types.ts';
import type { RunnerClient } from '../runtimes/local/client.ts';
import { acknowledgeTurns } from './acknowledge-turns.ts';

type JournalPart = Parameters<typeof acknowledgeTurns>[0];

/** A journal with one local attempt that has these turns. */
function journalWith(turns: readonly { id: string; stream: string; ended: object | null }[]) {
  const facts = new Map<string, unknown>();
  const event = { type: 'StreamEnded', agentId: 'a', attempt: 1, turnId: 'turn-1', complete: true };
  const state = { agents: [{ id: 'a', attempts: [{ number: 1, threadId: 'agent-1', turns }] }] };
  // Only the members that `acknowledgeTurns` uses.
  const journal = {
    allEvents: ({ after }: { after: number }) =>
      after < 5 ? [{ position: 5, seq: 5, sessionId: 's_1', at: 0, event }] : [],
    state: () => state,
    facts: {
      get: (key: string) => facts.get(key),
      set: (key: string, value: unknown) => void facts.set(key, value),
    },
  } as unknown as JournalPart & Pick<Journal, 'facts'>;
  return { journal, facts };
}

function runner(turnIds: readonly string[], isRunning = true) {
  const acknowledged: number[] = [];
  // Only the members that `acknowledgeTurns` uses.
  const client = {
    info: async () => (isRunning ? {} : null),
    readThread: async () => ({
      ok: true,
      value: { endedUpTo: 42, turns: turnIds.map((turnId) => ({ turnId })) },
    }),
    acknowledge: async (_: string, upTo: number) => {
      acknowledged.push(upTo);
      return { ok: true, value: {} };
    },
  } as unknown as RunnerClient;
  return { client, acknowledged };
}

const complete = { id: 'turn-1', stream: 'complete', ended: {} };

test('acknowledges a turn once a backup contains it', async () => {
  const { journal } = journalWith([complete]);
  const { client, acknowledged } = runner(['turn-1']);
  await acknowledgeTurns(journal, client, 5);
  await acknowledgeTurns(journal, client, 5);
  expect(acknowledged).toEqual([42]);
});

test('does not acknowledge turns that are not in the backup, still running, or unknown to the journal', async () => {
  const { client, acknowledged } = runner(['turn-1']);
  await acknowledgeTurns(journalWith([complete]).journal, client, 4);
  const open = { id: 'turn-2', stream: 'open', ended: null };
  await acknowledgeTurns(journalWith([complete, open]).journal, client, 5);
  const other = runner(['turn-1', 'turn-9']);
  await acknowledgeTurns(journalWith([complete]).journal, other.client, 5);
  expect([...acknowledged, ...other.acknowledged]).toEqual([]);
});

test('does not start a runner, and acknowledges the turns after a later backup', async () => {
  const { journal } = journalWith([complete]);
  const absent = runner(['turn-1'], false);
  await acknowledgeTurns(journal, absent.client, 5);
  expect(absent.acknowledged).toEqual([]);
  const { client, acknowledged } = runner(['turn-1']);
  await acknowledgeTurns(journal, client, 5);
  expect(acknowledged).toEqual([42]);
});
