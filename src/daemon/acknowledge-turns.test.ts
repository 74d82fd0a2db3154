import { expect, test } from 'vitest';
import type { Journal } from '../journal/types.ts';
import type { RunnerClient } from '../runtimes/local/client.ts';
import { acknowledgeTurns } from './acknowledge-turns.ts';

type Known = Parameters<typeof acknowledgeTurns>[0];

/** A journal with one attempt on this machine; its turns are as given. */
function journalWith(turns: readonly { id: string; stream: string; ended: object | null }[]) {
  const facts = new Map<string, unknown>();
  const event = { type: 'StreamEnded', agentId: 'a', attempt: 1, turnId: 'turn-1', complete: true };
  const state = { agents: [{ id: 'a', attempts: [{ number: 1, threadId: 'agent-1', turns }] }] };
  // Only what is asked of a journal here.
  const journal = {
    allEvents: ({ after }: { after: number }) =>
      after < 5 ? [{ position: 5, seq: 5, sessionId: 's_1', at: 0, event }] : [],
    state: () => state,
    facts: {
      get: (key: string) => facts.get(key),
      set: (key: string, value: unknown) => void facts.set(key, value),
    },
  } as unknown as Known & Pick<Journal, 'facts'>;
  return { journal, facts };
}

function runner(turnIds: readonly string[], isRunning = true) {
  const told: number[] = [];
  // Only what is asked of a client here.
  const client = {
    info: async () => (isRunning ? {} : null),
    readThread: async () => ({
      ok: true,
      value: { endedUpTo: 42, turns: turnIds.map((turnId) => ({ turnId })) },
    }),
    acknowledge: async (_: string, upTo: number) => {
      told.push(upTo);
      return { ok: true, value: {} };
    },
  } as unknown as RunnerClient;
  return { client, told };
}

const whole = { id: 'turn-1', stream: 'complete', ended: {} };

test('a turn that a backup holds is acknowledged once', async () => {
  const { journal } = journalWith([whole]);
  const { client, told } = runner(['turn-1']);
  await acknowledgeTurns(journal, client, 5);
  await acknowledgeTurns(journal, client, 5);
  expect(told).toEqual([42]);
});

test('nothing is acknowledged that the backup lacks, that continues, or that the journal does not know', async () => {
  const { client, told } = runner(['turn-1']);
  await acknowledgeTurns(journalWith([whole]).journal, client, 4);
  const open = { id: 'turn-2', stream: 'open', ended: null };
  await acknowledgeTurns(journalWith([whole, open]).journal, client, 5);
  const other = runner(['turn-1', 'turn-9']);
  await acknowledgeTurns(journalWith([whole]).journal, other.client, 5);
  expect([...told, ...other.told]).toEqual([]);
});

test('no runner is started for it: the next backup tells the next one', async () => {
  const { journal } = journalWith([whole]);
  const absent = runner(['turn-1'], false);
  await acknowledgeTurns(journal, absent.client, 5);
  expect(absent.told).toEqual([]);
  const { client, told } = runner(['turn-1']);
  await acknowledgeTurns(journal, client, 5);
  expect(told).toEqual([42]);
});
