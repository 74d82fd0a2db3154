import { afterEach, expect, test, vi } from 'vitest';
import { type FeedOptions, TranscriptFeed } from './transcript-feed.ts';

const eventCount = 5_000;

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

function wordsIn(feed: TranscriptFeed): string[] {
  const texts = feed.get().transcript.rows.flatMap((row) => ('text' in row ? row.text : []));
  return texts.join('').match(/word/g) ?? [];
}

/** A daemon with one agent's events, which responds to one request at a time when the test lets it. */
function fakeDaemon(count: number) {
  const pendingResponses: (() => void)[] = [];
  const readEvents: FeedOptions['readEvents'] = async (_id, query) => {
    const before = query?.before ?? count + 1;
    const length = Math.min(query?.limit ?? count, before - 1);
    const items = Array.from({ length }, (_, index) => eventOf(before - 1 - index));
    await new Promise<void>((resolve) => pendingResponses.push(resolve));
    return { items, lastSeq: count };
  };
  const respondNow = () => pendingResponses.shift()?.();
  return {
    readEvents,
    respondNow,
    async respond() {
      await vi.waitFor(() => expect(pendingResponses.length).toBeGreaterThan(0), {
        timeout: 120_000,
      });
      respondNow();
    },
  };
}

type FakeDaemon = ReturnType<typeof fakeDaemon>;

const feedOf = ({ readEvents }: FakeDaemon, options: Partial<FeedOptions> = {}) =>
  new TranscriptFeed({ sessionId: 's_1', agentId: 'a', extent: 'whole', readEvents, ...options });

test('reads to the beginning while a page is already loading', async () => {
  const daemon = fakeDaemon(eventCount);
  const feed = feedOf(daemon);
  await daemon.respond();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 120_000 });
  void feed.readEarlier();
  const reading = feed.readToBeginning();
  for (let part = 0; part < 3; part += 1) await daemon.respond();
  await reading;
  expect(feed.get().earlier).toBe('none');
  expect(wordsIn(feed)).toHaveLength(eventCount);
  feed.stop();
});

test('reads only the events of a round', async () => {
  const daemon = fakeDaemon(eventCount);
  const range = { from: 1_001, before: 3_001 };
  const feed = feedOf(daemon, { range });
  await daemon.respond();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 120_000 });
  const reading = feed.readToBeginning();
  await daemon.respond();
  await reading;
  expect(feed.get().earlier).toBe('none');
  expect(wordsIn(feed)).toHaveLength(2_000);
  feed.stop();
});

test('starts with a prefetched page and the events received since, each once', async () => {
  const daemon = fakeDaemon(eventCount);
  const page = daemon.readEvents('s_1', { limit: 600, newestFirst: true });
  const received = [eventCount - 1, eventCount, eventCount + 1, eventCount + 2].map(eventOf);
  const prefetched = { page, received };
  const range = { from: eventCount - 99, before: null };
  const feed = feedOf(daemon, { range, prefetched });
  await daemon.respond();
  await vi.waitFor(() => expect(feed.get().phase).toBe('complete'), { timeout: 60_000 });
  expect(feed.get().earlier).toBe('none');
  expect(wordsIn(feed)).toHaveLength(102);
  feed.stop();
});

test('reports the failure of a prefetched page, and reads it on request', async () => {
  const daemon = fakeDaemon(10);
  const page = Promise.reject(new Error('gone'));
  const prefetched = { page, received: [eventOf(11)] };
  const feed = feedOf(daemon, { prefetched });
  await vi.waitFor(() => expect(feed.get().phase).toEqual({ error: new Error('gone') }), {
    timeout: 120_000,
  });
  const reading = feed.readEnd();
  await daemon.respond();
  await reading;
  expect(wordsIn(feed)).toHaveLength(11);
  feed.stop();
});

test('notifies at once of the first page, and of further changes together', async () => {
  vi.useFakeTimers();
  const daemon = fakeDaemon(eventCount);
  const feed = feedOf(daemon);
  const notified: unknown[] = [];
  feed.subscribe(() => notified.push([feed.get().phase, feed.get().earlier]));
  daemon.respondNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(notified).toEqual([['complete', 'unread']]);
  void feed.readToBeginning();
  for (let part = 0; part < 3; part += 1) {
    daemon.respondNow();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(notified).toHaveLength(1);
  await vi.runAllTimersAsync();
  expect(notified).toEqual([
    ['complete', 'unread'],
    ['complete', 'none'],
  ]);
  feed.stop();
});
