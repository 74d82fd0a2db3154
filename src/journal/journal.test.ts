import { describe, expect, test } from 'vitest';
import {
  item,
  itemsOf,
  launched,
  launchIntended,
  manualClock,
  openOrThrow,
  openTemporaryJournal,
  runNumber,
  sessionNumber,
  sessionStarted,
} from '../../testing/journal.ts';
import type { StoredEvent } from './types.ts';

const ONE = sessionNumber(1);
const summarize = (events: readonly StoredEvent[]) =>
  events.map(({ position, seq, event }) => [position, seq, event.type]);

describe('appending', () => {
  test('numbers events without gaps, in the journal and in each session', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended()]);
    journal.append(sessionNumber(2), [sessionStarted()]);
    journal.append(ONE, [launched()]);
    expect(summarize(journal.allEvents({ after: 0, limit: 10 }))).toEqual([
      [1, 1, 'SessionStarted'],
      [2, 2, 'LaunchIntended'],
      [3, 1, 'SessionStarted'],
      [4, 3, 'Launched'],
    ]);
    expect(journal.lastPosition).toBe(4);
  });

  test('stores buffered items before the event, in the same transaction', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    journal.buffer(itemsOf(1, 1, [item(1), item(2)], 'c1'));
    expect(journal.lastPosition).toBe(1);
    journal.append(ONE, [launchIntended()]);
    expect(summarize(journal.sessionEvents(ONE, { limit: 10 }))).toEqual([
      [1, 1, 'SessionStarted'],
      [2, 2, 'TranscriptItem'],
      [3, 3, 'TranscriptItem'],
      [4, 4, 'LaunchIntended'],
    ]);
    expect(journal.streamCursor(runNumber(1))?.cursor).toBe('c1');
    expect(clock.pendingTimers()).toBe(0);
  });

  test('writes nothing if the guard rejects it, and keeps buffered items', () => {
    using opened = openTemporaryJournal(manualClock());
    const { journal } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended()]);
    journal.buffer(itemsOf(1, 1, [item(1)]));
    const refused = journal.append(ONE, [launchIntended(2)], ({ liveCloudAttempts, epoch }) => {
      expect(epoch).toBe(journal.epoch);
      return liveCloudAttempts >= 1 ? 'limit reached' : null;
    });
    expect(refused).toEqual({ ok: false, refusal: 'limit reached' });
    expect(journal.lastPosition).toBe(2);
    journal.flush();
    expect(journal.lastPosition).toBe(3);
  });

  test('rejects items of an unknown session', () => {
    using opened = openTemporaryJournal();
    expect(() => opened.journal.buffer(itemsOf(9, 1, [item(1)]))).toThrow(/does not know/);
  });

  test('rejects an event that could not be read again', () => {
    using opened = openTemporaryJournal();
    const broken = { ...launchIntended(), attempt: Number.NaN };
    expect(() => opened.journal.append(ONE, [sessionStarted(), broken])).toThrow();
    expect(opened.journal.lastPosition).toBe(0);
  });
});

describe('group commit', () => {
  test('commits items 25 ms after the first one', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    journal.buffer(itemsOf(1, 1, [item(1)]));
    clock.advance(15);
    journal.buffer(itemsOf(1, 1, [item(2)]));
    clock.advance(9);
    expect(journal.lastPosition).toBe(1);
    clock.advance(1);
    expect(journal.lastPosition).toBe(3);
  });

  test('commits immediately when 200 items are buffered', () => {
    using opened = openTemporaryJournal(manualClock());
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    for (let number = 1; number < 200; number += 1) {
      journal.buffer(itemsOf(1, 1, [item(number)]));
    }
    expect(journal.lastPosition).toBe(1);
    journal.buffer(itemsOf(1, 1, [item(200)]));
    expect(journal.lastPosition).toBe(201);
  });

  test('stores the heartbeat of a launched turn with the next commit', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.recordHeartbeat(runNumber(1), 500);
    clock.advance(50);
    expect(journal.streamCursor(runNumber(1))).toMatchObject({
      lastHeartbeatAt: 500,
      cursor: null,
    });
  });
});

describe('repeated items', () => {
  test('are stored once, and leave no gap', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    journal.buffer(itemsOf(1, 1, [item(1), item(2), item(2), item(3)]));
    journal.buffer(itemsOf(1, 1, [item(2), item(3), item(4)]));
    journal.flush();
    journal.buffer(itemsOf(1, 1, [item(4), item(5)]));
    journal.flush();
    const events = journal.allEvents({ after: 1, limit: 10 });
    expect(events.map(({ position }) => position)).toEqual([2, 3, 4, 5, 6]);
    expect(events.map(({ dataText }) => dataText)).toEqual(
      [1, 2, 3, 4, 5].map((number) => item(number).dataText),
    );
  });

  test('with the same id in two turns are two items', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    journal.append(ONE, [sessionStarted()]);
    journal.buffer(itemsOf(1, 1, [item(1)]));
    journal.buffer(itemsOf(1, 2, [item(1)]));
    journal.flush();
    expect(journal.lastPosition).toBe(3);
  });
});

describe('listeners', () => {
  test('receive committed events in order, and may append', () => {
    using opened = openTemporaryJournal(manualClock());
    const { journal } = opened;
    const received: [string, number][] = [];
    let isAnswered = false;
    journal.onCommitted((events) => {
      if (!isAnswered) {
        isAnswered = true;
        journal.append(ONE, [launchIntended()]);
      }
      for (const { position } of events) received.push(['first', position]);
    });
    journal.onCommitted((events) => {
      for (const { position } of events) received.push(['second', position]);
    });
    journal.append(ONE, [sessionStarted()]);
    expect(received).toEqual([
      ['first', 1],
      ['second', 1],
      ['first', 2],
      ['second', 2],
    ]);
  });

  test('receive items whose data is parsed on access', () => {
    using opened = openTemporaryJournal();
    const { journal } = opened;
    const received: StoredEvent[] = [];
    journal.append(ONE, [sessionStarted()]);
    const stop = journal.onCommitted((events) => received.push(...events));
    journal.buffer(itemsOf(1, 1, [item(1)]));
    journal.flush();
    stop();
    journal.append(ONE, [launchIntended()]);
    expect(received).toEqual(journal.sessionEvents(ONE, { after: 1, before: 3, limit: 10 }));
    expect(received[0]?.event).toMatchObject({ itemId: item(1).id, item: { text: 'word 1' } });
  });
});

test('increases the epoch with each opening', () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  journal.close();
  const again = openOrThrow({ home });
  expect(again.epoch).toBe(journal.epoch + 1);
  again.close();
});

test('stores facts as JSON by key', () => {
  using opened = openTemporaryJournal();
  const { facts } = opened.journal;
  facts.set('confirmed:a', { at: 1 });
  facts.set('confirmed:b', true);
  facts.set('other', null);
  facts.remove('confirmed:a');
  expect(facts.get('confirmed:a')).toBeUndefined();
  expect(facts.get('other')).toBeNull();
  expect(facts.list('confirmed:')).toEqual([{ key: 'confirmed:b', value: true }]);
});
