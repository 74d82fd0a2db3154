import { afterEach, expect, test, vi } from 'vitest';
import { TranscriptFeed } from './transcript-store.ts';

const COUNT = 5_000;

afterEach(() => vi.useRealTimers());

const eventOf = (seq: number) => ({
  seq,
  position: seq,
  at: '2026-01-01T00:00:00.000Z',
  sessionId: 's_1',
  agentId: 'a',
  type: 'TranscriptItem',
  item: { kind: 'text', text: 'word ' },
});

function wordsOf(feed: TranscriptFeed): string[] {
  const texts = feed.get().transcript.rows.flatMap((row) => ('text' in row ? row.text : []));
  return texts.join('').match(/word/g) ?? [];
}

/** A daemon with one agent's events, which answers one request after the other when it is told to. */
function daemonWith(count: number) {
  const answers: (() => void)[] = [];
  const readEvents: ConstructorParameters<typeof TranscriptFeed>[3] = async (_id, query) => {
    const before = query?.before ?? count + 1;
    const length = Math.min(query?.limit ?? count, before - 1);
    const items = Array.from({ length }, (_, index) => eventOf(before - 1 - index));
    await new Promise<void>((resolve) => answers.push(resolve));
    return { items, lastSeq: count };
  };
  const answerNow = () => answers.shift()?.();
  return {
    readEvents,
    answerNow,
    async answer() {
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0), { timeout: 120_000 });
      answerNow();
    },
  };
}

test('reads on to the beginning when it is asked to while a part is being read', async () => {
  const daemon = daemonWith(COUNT);
  const feed = new TranscriptFeed('s_1', 'a', 'whole', daemon.readEvents);
  await daemon.answer();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 120_000 });
  void feed.readEarlier();
  const reading = feed.readToBeginning();
  for (let part = 0; part < 3; part += 1) await daemon.answer();
  await reading;
  expect(feed.get().earlier).toBe('none');
  expect(wordsOf(feed)).toHaveLength(COUNT);
  feed.stop();
});

test('reads one round and no word of those before and after it', async () => {
  const daemon = daemonWith(COUNT);
  const range = { from: 1_001, before: 3_001 };
  const feed = new TranscriptFeed('s_1', 'a', 'whole', daemon.readEvents, range);
  await daemon.answer();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 120_000 });
  const reading = feed.readToBeginning();
  await daemon.answer();
  await reading;
  expect(feed.get().earlier).toBe('none');
  expect(wordsOf(feed)).toHaveLength(2_000);
  feed.stop();
});

test('begins with an end that was read ahead, and with what happened since, each once', async () => {
  const daemon = daemonWith(COUNT);
  const page = daemon.readEvents('s_1', { limit: 600, newestFirst: true });
  const received = [COUNT - 1, COUNT, COUNT + 1, COUNT + 2].map(eventOf);
  const ahead = { page, received };
  const range = { from: COUNT - 99, before: null };
  const feed = new TranscriptFeed('s_1', 'a', 'whole', daemon.readEvents, range, ahead);
  await daemon.answer();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 60_000 });
  expect(feed.get().earlier).toBe('none');
  expect(wordsOf(feed)).toHaveLength(102);
  feed.stop();
});

test('says what an end that was read ahead failed with, and reads it when it is asked to', async () => {
  const daemon = daemonWith(10);
  const page = Promise.reject(new Error('gone'));
  const ahead = { page, received: [eventOf(11)] };
  const feed = new TranscriptFeed('s_1', 'a', 'whole', daemon.readEvents, undefined, ahead);
  await vi.waitFor(() => expect(feed.get().phase).toEqual({ error: new Error('gone') }));
  const reading = feed.readEnd();
  await daemon.answer();
  await reading;
  expect(wordsOf(feed)).toHaveLength(11);
  feed.stop();
});

test('says at once that the end has been read, and what happens soon after that together', async () => {
  vi.useFakeTimers();
  const daemon = daemonWith(COUNT);
  const feed = new TranscriptFeed('s_1', 'a', 'whole', daemon.readEvents);
  const seen: unknown[] = [];
  feed.subscribe(() => seen.push([feed.get().phase, feed.get().earlier]));
  daemon.answerNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen).toEqual([['complete', 'unread']]);
  void feed.readToBeginning();
  for (let part = 0; part < 3; part += 1) {
    daemon.answerNow();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(seen).toHaveLength(1);
  await vi.runAllTimersAsync();
  expect(seen).toEqual([
    ['complete', 'unread'],
    ['complete', 'none'],
  ]);
  feed.stop();
});
