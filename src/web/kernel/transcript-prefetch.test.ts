import { expect, test } from 'vitest';
import type { EventView } from '../../contract/event-views.ts';
import type { EventPage } from '../../contract/responses.ts';
import { TranscriptPrefetch } from './transcript-prefetch.ts';

const eventOf = (agentId: string, seq: number, sessionId = 's_1'): EventView => ({
  seq,
  position: seq,
  at: '2026-01-01T00:00:00.000Z',
  sessionId,
  agentId,
  type: 'TranscriptItem',
});

/** A prefetch with recorded requests and a way to emit events. */
function createPrefetch(page: Promise<EventPage> = Promise.resolve({ items: [], lastSeq: 0 })) {
  const requested: string[] = [];
  const listeners = new Set<(events: readonly EventView[]) => void>();
  const prefetch = new TranscriptPrefetch(
    async (id, query) => {
      requested.push(`${id}/${query.agent}`);
      return page;
    },
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  );
  const emit = (...events: EventView[]) => {
    for (const listener of listeners) listener(events);
  };
  return { prefetch, requested, listeners, emit };
}

test('returns the page together with the events that this agent emitted since the request', async () => {
  const { prefetch, listeners, emit } = createPrefetch();
  prefetch.read('s_1', 'a');
  emit(eventOf('a', 1), eventOf('b', 2), eventOf('a', 3, 's_2'));
  emit(eventOf('a', 4));
  const end = prefetch.take('s_1', 'a');
  expect(end?.received.map(({ seq }) => seq)).toEqual([1, 4]);
  expect(await end?.page).toEqual({ items: [], lastSeq: 0 });
  expect(listeners.size).toBe(0);
  expect(prefetch.take('s_1', 'a')).toBeNull();
});

test('requests a transcript once, and discards it for another one', () => {
  const { prefetch, requested, listeners } = createPrefetch();
  prefetch.read('s_1', 'a');
  prefetch.read('s_1', 'a');
  prefetch.read('s_1', 'b');
  expect(requested).toEqual(['s_1/a', 's_1/b']);
  expect(listeners.size).toBe(1);
  expect(prefetch.take('s_1', 'a')).toBeNull();
  prefetch.drop();
  expect(listeners.size).toBe(0);
  expect(prefetch.take('s_1', 'b')).toBeNull();
});

test('passes a failed request on to the consumer', async () => {
  const { prefetch } = createPrefetch(Promise.reject(new Error('gone')));
  prefetch.read('s_1', 'a');
  await expect(prefetch.take('s_1', 'a')?.page).rejects.toThrow('gone');
});
