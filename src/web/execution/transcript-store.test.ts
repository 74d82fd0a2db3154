import { afterEach, expect, test, vi } from 'vitest';
import { TranscriptFeed } from './transcript-store.ts';

const COUNT = 5_000;

afterEach(() => vi.useRealTimers());

/** A daemon with one agent's events, which answers one request after the other when it is told to. */
function daemonWith(count: number) {
  const answers: (() => void)[] = [];
  const readEvents: ConstructorParameters<typeof TranscriptFeed>[3] = async (_id, query) => {
    const before = query?.before ?? count + 1;
    const length = Math.min(query?.limit ?? count, before - 1);
    const items = Array.from({ length }, (_, index) => ({
      seq: before - 1 - index,
      position: before - 1 - index,
      at: '2026-01-01T00:00:00.000Z',
      sessionId: 's_1',
      agentId: 'a',
      type: 'TranscriptItem',
      item: { kind: 'text', text: 'word ' },
    }));
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
  const words = feed.get().transcript.rows.flatMap((row) => ('text' in row ? row.text : []));
  expect(words.join('').match(/word/g)).toHaveLength(COUNT);
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
  const words = feed.get().transcript.rows.flatMap((row) => ('text' in row ? row.text : []));
  expect(words.join('').match(/word/g)).toHaveLength(2_000);
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
