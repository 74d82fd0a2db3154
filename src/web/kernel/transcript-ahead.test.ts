import { expect, test } from 'vitest';
import type { EventView } from '../../contract/event-views.ts';
import type { EventPage } from '../../contract/responses.ts';
import { TranscriptAhead } from './transcript-ahead.ts';

const eventOf = (agentId: string, seq: number, sessionId = 's_1'): EventView => ({
  seq,
  position: seq,
  at: '2026-01-01T00:00:00.000Z',
  sessionId,
  agentId,
  type: 'TranscriptItem',
});

/** A daemon that counts what it is asked for, and events that the test lets happen. */
function scene(page: Promise<EventPage> = Promise.resolve({ items: [], lastSeq: 0 })) {
  const asked: string[] = [];
  const listeners = new Set<(events: readonly EventView[]) => void>();
  const ahead = new TranscriptAhead(
    async (id, query) => {
      asked.push(`${id}/${query.agent}`);
      return page;
    },
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  );
  const happen = (...events: EventView[]) => {
    for (const listener of listeners) listener(events);
  };
  return { ahead, asked, listeners, happen };
}

test('hands over the page and what this agent did since it was asked for', async () => {
  const { ahead, listeners, happen } = scene();
  ahead.read('s_1', 'a');
  happen(eventOf('a', 1), eventOf('b', 2), eventOf('a', 3, 's_2'));
  happen(eventOf('a', 4));
  const end = ahead.take('s_1', 'a');
  expect(end?.heard.map(({ seq }) => seq)).toEqual([1, 4]);
  expect(await end?.page).toEqual({ items: [], lastSeq: 0 });
  expect(listeners.size).toBe(0);
  expect(ahead.take('s_1', 'a')).toBeNull();
});

test('asks once for the same transcript, and lets go of it for another one', () => {
  const { ahead, asked, listeners } = scene();
  ahead.read('s_1', 'a');
  ahead.read('s_1', 'a');
  ahead.read('s_1', 'b');
  expect(asked).toEqual(['s_1/a', 's_1/b']);
  expect(listeners.size).toBe(1);
  expect(ahead.take('s_1', 'a')).toBeNull();
  ahead.drop();
  expect(listeners.size).toBe(0);
  expect(ahead.take('s_1', 'b')).toBeNull();
});

test('leaves it to the one who takes the page to say that it could not be read', async () => {
  const { ahead } = scene(Promise.reject(new Error('gone')));
  ahead.read('s_1', 'a');
  await expect(ahead.take('s_1', 'a')?.page).rejects.toThrow('gone');
});
