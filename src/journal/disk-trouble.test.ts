import { join } from 'node:path';
import { StatementSync } from 'node:sqlite';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  countingProjection,
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
  temporaryHome,
} from '../../testing/journal.ts';
import { connect, makeDurable } from './database.ts';
import { JournalFailure } from './disk-trouble.ts';
import { SqliteJournal } from './journal.ts';
import { migrate } from './migrations.ts';
import { MIGRATIONS } from './schema.ts';
import type { Journal, JournalTrouble } from './types.ts';

const ONE = sessionNumber(1);

/** A journal with its connection, so that a test can simulate a full disk. */
const openWithConnection = (home: string, bufferLimits = { items: 500, characters: 1e6 }) => {
  const clock = manualClock();
  const database = connect(join(home, 'cerevisor-cloud-runs.db'));
  makeDurable(database);
  migrate(database, MIGRATIONS, clock.now);
  const journal = new SqliteJournal({
    database,
    projection: countingProjection,
    ...clock,
    bufferLimits,
    backUp: () => Promise.reject(new Error('not in this test')),
    release: () => undefined,
  });
  const reported: (JournalTrouble['code'] | null)[] = [];
  journal.onTrouble((trouble) => reported.push(trouble?.code ?? null));
  const setPages = (pages: number) => database.exec(`PRAGMA max_page_count = ${pages}`);
  return { journal, clock, reported, fill: () => setPages(1), makeRoom: () => setPages(1e6) };
};

const bigItem = (number: number) => ({
  ...item(number),
  dataText: JSON.stringify({ text: 'x'.repeat(5000) }),
});

describe('when the disk is full', () => {
  test('an append fails with a suggestion, writes nothing, and works again once there is space', () => {
    using folder = temporaryHome();
    const { journal, fill, makeRoom, reported } = openWithConnection(folder.home);
    journal.append(ONE, [sessionStarted()]);
    fill();
    const before = journal.lastPosition;
    const big = { ...launchIntended(), prompt: 'x'.repeat(100_000) };
    expect(() => journal.append(ONE, [launchIntended(), big])).toThrow(JournalFailure);
    expect(reported).toEqual(['disk_full']);
    expect(journal.lastPosition).toBe(before);
    expect(journal.state(ONE)).toMatchObject({ types: ['SessionStarted'] });
    expect(journal.liveAttempts('cloud')).toEqual([]);
    makeRoom();
    expect(journal.append(ONE, [launchIntended()])).toMatchObject({ events: [{ position: 2 }] });
    expect(reported).toEqual(['disk_full', null]);
    journal.close();
  });

  test('buffered items are retried automatically, and stored once', () => {
    using folder = temporaryHome();
    const { journal, clock, fill, makeRoom, reported } = openWithConnection(folder.home);
    journal.append(ONE, [sessionStarted()]);
    fill();
    expect(journal.buffer(itemsOf(1, 1, [bigItem(1), bigItem(2)], 'c1'))).toBe(true);
    clock.advance(60_000);
    expect(reported).toEqual(['disk_full']);
    expect(journal.streamCursor(runNumber(1))).toBeNull();
    makeRoom();
    clock.advance(10_000);
    expect(reported).toEqual(['disk_full', null]);
    expect(journal.lastPosition).toBe(3);
    expect(journal.streamCursor(runNumber(1))?.cursor).toBe('c1');
    expect(clock.pendingTimers()).toBe(0);
    journal.close();
  });

  test('a full buffer rejects items of a turn until it is read again from its cursor', () => {
    using folder = temporaryHome();
    const { journal, clock, fill, makeRoom } = openWithConnection(folder.home, {
      items: 2,
      characters: 1e6,
    });
    journal.append(ONE, [sessionStarted()]);
    fill();
    journal.buffer(itemsOf(1, 1, [bigItem(1), bigItem(2)], 'c1'));
    expect(journal.buffer(itemsOf(1, 1, [bigItem(3)], 'c2'))).toBe(false);
    makeRoom();
    clock.advance(10_000);
    expect(journal.buffer(itemsOf(1, 1, [bigItem(5)], 'c3'))).toBe(false);
    expect(journal.streamCursor(runNumber(1))?.cursor).toBe('c1');
    expect(journal.buffer(itemsOf(1, 1, [bigItem(3)], 'c2'))).toBe(true);
    journal.close();
  });

  test('recovery is detected even if no items are buffered', () => {
    using folder = temporaryHome();
    const { journal, clock, fill, makeRoom, reported } = openWithConnection(folder.home);
    fill();
    const huge = { ...launchIntended(), prompt: 'x'.repeat(100_000) };
    expect(() => journal.append(ONE, [sessionStarted(), huge])).toThrow(JournalFailure);
    makeRoom();
    clock.advance(10_000);
    expect(reported).toEqual(['disk_full', null]);
    journal.close();
  });
});

describe('if any single write fails', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const codes = { SQLITE_FULL: 13, SQLITE_IOERR: 10, SQLITE_READONLY: 8, SQLITE_BUSY: 5 };

  /** Makes the N-th statement from now on fail with an SQLite error. Reports whether it was reached. */
  const failNth = (wanted: number, errcode: number): { readonly hasFailed: boolean } => {
    const outcome = { hasFailed: false };
    let count = 0;
    const failsNow = (): boolean => {
      count += 1;
      outcome.hasFailed ||= count === wanted;
      return count === wanted;
    };
    const failure = () =>
      Object.assign(new Error('injected'), { code: 'ERR_SQLITE_ERROR', errcode });
    for (const method of ['run', 'get'] as const) {
      const original: (...parameters: never[]) => unknown = StatementSync.prototype[method];
      const failing = function (this: StatementSync, ...parameters: never[]): unknown {
        if (failsNow()) throw failure();
        return original.apply(this, parameters);
      };
      // The method has overloads; the replacement passes all arguments through.
      vi.spyOn(StatementSync.prototype, method).mockImplementation(failing as never);
    }
    return outcome;
  };

  const untilStored = (
    journal: Journal<unknown>,
    events: Parameters<Journal['append']>[1],
  ): void => {
    try {
      journal.append(ONE, events);
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
      journal.append(ONE, events);
    }
  };

  const scenario = (journal: Journal<unknown>): void => {
    journal.buffer(itemsOf(1, 1, [item(1), item(2)], 'c1'));
    untilStored(journal, [launchIntended(), launched()]);
    journal.buffer(itemsOf(1, 1, [item(3)], 'c2'));
    journal.flush();
    journal.buffer(itemsOf(1, 1, [item(3), item(4)], 'c3'));
    untilStored(journal, [{ type: 'SessionEnded', outcome: 'finished' }]);
  };

  test.each(Object.entries(codes))('everything is stored once after %s', (_, errcode) => {
    for (let wanted = 1; ; wanted += 1) {
      const clock = manualClock();
      using opened = openTemporaryJournal(clock);
      const { journal, home } = opened;
      journal.append(ONE, [sessionStarted()]);
      const failure = failNth(wanted, errcode);
      scenario(journal);
      vi.restoreAllMocks();
      clock.advance(60_000);
      const inMemory = journal.state(ONE);
      journal.close();
      const again = openOrThrow({ home });
      const events = again.allEvents({ after: 0, limit: 100 });
      expect(
        events.map(({ position, event, dataText }) => [position, dataText ?? event.type]),
      ).toEqual(
        [
          'SessionStarted',
          item(1).dataText,
          item(2).dataText,
          'LaunchIntended',
          'Launched',
          item(3).dataText,
          item(4).dataText,
          'SessionEnded',
        ].map((what, index) => [index + 1, what]),
      );
      expect(again.state(ONE)).toEqual(inMemory);
      expect(again.streamCursor(runNumber(1))?.cursor).toBe('c3');
      again.close();
      if (!failure.hasFailed) {
        expect(wanted).toBeGreaterThan(20);
        break;
      }
    }
  });
});
