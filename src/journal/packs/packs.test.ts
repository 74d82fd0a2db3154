import { copyFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  countingProjection,
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
} from '../../../testing/journal.ts';
import fc from '../../../testing/properties.ts';
import type { RawItem } from '../../transcript/item.ts';
import { agentId } from '../../workflow/ids.ts';
import { journalFiles } from '../files.ts';
import type { Journal } from '../types.ts';

const ONE = sessionNumber(1);
const LONG = 60_000;

const delta = (number: number): RawItem => ({
  kind: number % 9 === 0 ? 'tool-call' : 'text',
  ...(number % 7 === 0 ? {} : { id: `${1_790_000_000_000 + number * 31}-0` }),
  dataText:
    number % 9 === 0 ? `{"callId":"${number}","args":[1, 2]}` : `{"text":"word ${number} "}`,
});
const deltas = (from: number, count: number): RawItem[] =>
  Array.from({ length: count }, (_, index) => delta(from + index));

const streamEnded = (run: number) =>
  ({
    type: 'StreamEnded',
    agentId: agentId('writer'),
    attempt: run,
    turnId: runNumber(run),
    complete: true,
  }) as const;

/** Everything that readers can see, in every direction and page size. */
function everythingRead(journal: Journal<unknown>): unknown {
  const pages = (limit: number): unknown[] => {
    const found: unknown[] = [];
    for (;;) {
      const after = found.length;
      const page = journal.sessionEvents(ONE, { after, limit });
      if (page.length === 0) return found;
      found.push(...page.map((stored) => ({ ...stored, event: { ...stored.event } })));
    }
  };
  return {
    inPages: pages(7),
    whole: pages(10_000),
    newestFirst: journal.sessionEvents(ONE, { limit: 33, before: 90, newestFirst: true }),
    ofType: journal.sessionEvents(ONE, { limit: 50, types: ['TranscriptItem'] }),
    lifecycle: journal.allEvents({ after: 0, limit: 1_000, lifecycleOnly: true }),
    all: journal.allEvents({ after: 3, limit: 10_000 }),
    ofAgent: journal.sessionEvents(ONE, { limit: 10, after: 40, agentId: agentId('writer') }),
    ofNobody: journal.sessionEvents(ONE, { limit: 10, agentId: agentId('other') }),
  };
}

const rowsLeft = (home: string): number => {
  const database = new DatabaseSync(journalFiles(home).database, { readOnly: true });
  const [row] = database
    .prepare('SELECT count(*) AS count FROM events WHERE stream IS NOT NULL')
    .all();
  database.close();
  return Number(row?.count);
};

describe('a transcript that was read to its end', () => {
  test('is packed, and reads the same to the byte, also after a restart', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal, home } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended(), launched(), launchIntended(2)]);
    // Two runs side by side, so that their packs overlap.
    for (let round = 0; round < 60; round += 1) {
      journal.buffer(itemsOf(1, 1, deltas(round * 100, 40), `a${round}`));
      journal.buffer(itemsOf(1, 2, deltas(round * 100 + 50, 30), `b${round}`));
      clock.advance(1_000);
    }
    journal.append(ONE, [streamEnded(1)]);
    journal.append(ONE, [streamEnded(2), { type: 'SessionEnded', outcome: 'finished' }]);
    const before = everythingRead(journal);
    expect(rowsLeft(home)).toBe(4_200);
    clock.advance(LONG);
    expect(rowsLeft(home)).toBe(0);
    expect(everythingRead(journal)).toEqual(before);
    journal.append(ONE, [{ type: 'SessionDismissed' }]);
    expect(journal.lastPosition).toBe(4_208);
    journal.close();
    const again = openOrThrow({ home });
    expect(again.lastPosition).toBe(4_208);
    again.append(ONE, [{ type: 'SessionRestored' }]);
    expect(again.sessionEvents(ONE, { after: 4_207, limit: 9 }).map(({ seq }) => seq)).toEqual([
      4_208, 4_209,
    ]);
    again.close();
  });

  test('takes no item again that is in a pack, and packs what comes late', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal, home } = opened;
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    const items = deltas(1, 60).filter(({ id }) => id !== undefined);
    journal.buffer(itemsOf(1, 1, items));
    journal.append(ONE, [streamEnded(1)]);
    clock.advance(LONG);
    expect(rowsLeft(home)).toBe(0);
    const { lastPosition } = journal;
    const late = deltas(100, 40).filter(({ id }) => id !== undefined);
    journal.buffer(itemsOf(1, 1, [...items, ...late]));
    journal.flush();
    expect(journal.lastPosition).toBe(lastPosition + late.length);
    journal.append(ONE, [streamEnded(1)]);
    clock.advance(LONG);
    expect(rowsLeft(home)).toBe(0);
    expect(journal.allEvents({ after: 0, limit: 1_000 }).map(({ position }) => position)).toEqual(
      Array.from({ length: journal.lastPosition }, (_, index) => index + 1),
    );
  });

  test('is packed after the next start when the journal closed before its turn came', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home, ...manualClock() });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.buffer(itemsOf(1, 1, deltas(1, 5_000)));
    journal.append(ONE, [streamEnded(1)]);
    journal.close();
    const clock = manualClock();
    const again = openOrThrow({ home, ...clock });
    clock.advance(LONG);
    expect(rowsLeft(home)).toBe(0);
    expect(again.sessionEvents(ONE, { limit: 10_000 })).toHaveLength(5_004);
    again.close();
  });

  test('costs less than 20 bytes for an ordinary delta, measured on the file', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const clock = manualClock();
    const journal = openOrThrow({ home, ...clock });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    const sizeNow = (): number => {
      const database = new DatabaseSync(journalFiles(home).database);
      database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
      database.close();
      return statSync(journalFiles(home).database).size;
    };
    const before = sizeNow();
    const count = 10_000;
    const words = 'the agent reads what it finds and says so in a few short words'.split(' ');
    for (let from = 0; from < count; from += 100) {
      clock.advance(40);
      const items = Array.from({ length: 100 }, (_, index) => ({
        kind: 'text' as const,
        id: `${clock.now() - 100 + index}-0`,
        dataText: JSON.stringify({
          text: `${words[((from + index) * 7 + (index % 5)) % words.length]} `,
        }),
      }));
      journal.buffer(itemsOf(1, 1, items));
      journal.flush();
    }
    journal.append(ONE, [streamEnded(1)]);
    clock.advance(LONG);
    expect((sizeNow() - before) / count).toBeLessThan(20);
    journal.close();
  });
});

/** Changes the packs of a closed journal behind its back. */
const packsOf = (home: string) => {
  const database = new DatabaseSync(journalFiles(home).database);
  const packs = database.prepare('SELECT first_position, items, block FROM packs').all();
  const write = database.prepare('UPDATE packs SET block = ? WHERE first_position = ?');
  return { packs, write, close: () => database.close() };
};

describe('a pack', () => {
  test('of many agents side by side reads in order, in either direction', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal, home } = opened;
    journal.append(ONE, [sessionStarted()]);
    for (let round = 0; round < 30; round += 1)
      for (let run = 1; run <= 24; run += 1) journal.buffer(itemsOf(1, run, deltas(round * 10, 3)));
    journal.append(
      ONE,
      Array.from({ length: 24 }, (_, index) => streamEnded(index + 1)),
    );
    const read = (newestFirst: boolean) =>
      journal
        .sessionEvents(ONE, { limit: 700, after: 40, before: 2_000, newestFirst })
        .map(({ seq, dataText }) => [seq, dataText]);
    const before = [read(false), read(true)];
    clock.advance(LONG);
    expect(rowsLeft(home)).toBe(0);
    expect([read(false), read(true)]).toEqual(before);
  });

  test('holds no more text than can be read at once, however large the items are', () => {
    const clock = manualClock();
    using opened = openTemporaryJournal(clock);
    const { journal, home } = opened;
    journal.append(ONE, [sessionStarted()]);
    const items = Array.from({ length: 60 }, (_, index) => ({
      kind: 'tool-call' as const,
      id: `${index}-0`,
      dataText: JSON.stringify({ result: `${index} `.repeat(100_000) }),
    }));
    journal.buffer(itemsOf(1, 1, items));
    journal.append(ONE, [streamEnded(1)]);
    clock.advance(LONG);
    const { packs, close } = packsOf(home);
    close();
    expect(Math.max(...packs.map(({ items: count }) => Number(count)))).toBeLessThan(25);
    const read = journal.sessionEvents(ONE, { limit: 100, types: ['TranscriptItem'] });
    expect(read.map(({ dataText }) => dataText)).toEqual(items.map(({ dataText }) => dataText));
  });

  test('that is damaged is told in quarantine, and everything else is read', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const clock = manualClock();
    const journal = openOrThrow({ home, ...clock });
    journal.append(ONE, [sessionStarted(), launchIntended(), launched()]);
    journal.buffer(itemsOf(1, 1, deltas(1, 4_500)));
    journal.append(ONE, [streamEnded(1), { type: 'SessionEnded', outcome: 'finished' }]);
    clock.advance(LONG);
    journal.close();
    const { packs, write, close } = packsOf(home);
    expect(packs.length).toBeGreaterThan(2);
    const [first, second] = packs.map(({ first_position: position, block }) => ({
      position: Number(position),
      block: Buffer.from(block as Uint8Array),
    }));
    if (first === undefined || second === undefined) throw new Error('Too few packs');
    // One is cut off, in the other a few bits are flipped.
    write.run(first.block.subarray(0, first.block.length - 20), first.position);
    const middle = second.block.length >> 1;
    second.block[middle] = (second.block[middle] ?? 0) ^ 0xff;
    write.run(second.block, second.position);
    close();
    const again = openOrThrow({ home, ...manualClock() });
    const events = again.sessionEvents(ONE, { limit: 10_000 });
    expect(events).toHaveLength(4_505 - 4_000);
    expect(events.at(-1)?.event.type).toBe('SessionEnded');
    expect(again.quarantine().map(({ position }) => position)).toEqual([
      first.position,
      second.position,
    ]);
    again.close();
  });
});

test('whatever is buffered, ended, packed and read again, nothing is lost and nothing stands twice', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('items' as const),
      run: fc.integer({ min: 1, max: 3 }),
      from: fc.integer({ min: 0, max: 60 }),
      count: fc.integer({ min: 0, max: 45 }),
    }),
    fc.record({ kind: fc.constant('end' as const), run: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constantFrom('pack' as const, 'reopen' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      using folder = temporaryHome();
      const { home } = folder;
      const clock = manualClock();
      let journal = openOrThrow({ home, ...clock });
      journal.append(ONE, [sessionStarted()]);
      const expected = ['SessionStarted'];
      const seen = new Set<string>();
      for (const one of steps) {
        if (one.kind === 'items') {
          const items = deltas(one.from, one.count).filter(({ id }) => id !== undefined);
          journal.buffer(itemsOf(1, one.run, items));
          journal.flush();
          for (const { id, kind, dataText } of items) {
            const key = `${one.run} ${id} ${kind}`;
            if (!seen.has(key)) expected.push(`${one.run} ${dataText}`);
            seen.add(key);
          }
        } else if (one.kind === 'end') {
          journal.append(ONE, [streamEnded(one.run)]);
          expected.push('StreamEnded');
        } else if (one.kind === 'pack') clock.advance(LONG);
        else {
          journal.close();
          journal = openOrThrow({ home, ...clock });
        }
      }
      const events = journal.sessionEvents(ONE, { limit: 10_000 });
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => index + 1));
      const read = events.map(({ event, dataText }) =>
        event.type === 'TranscriptItem'
          ? `${Number.parseInt(event.turnId.slice(-12), 16)} ${dataText}`
          : event.type,
      );
      expect(read).toEqual(expected);
      journal.close();
    }),
    { numRuns: 60 },
  );
});

describe('a journal of the first version', () => {
  const original = fileURLToPath(
    new URL('../../../tests/fixtures/journal-0.1.0.db', import.meta.url),
  );

  test('keeps every frame with its place when it is packed', () => {
    using folder = temporaryHome();
    const { home } = folder;
    copyFileSync(original, journalFiles(home).database);
    const clock = manualClock();
    const journal = openOrThrow({ home, ...clock, projection: countingProjection });
    const read = () =>
      journal
        .allEvents({ after: 0, limit: 10_000 })
        .map((stored) => ({ ...stored, event: { ...stored.event } }));
    const before = read();
    expect(before.map(({ position }) => position)).toEqual(before.map((_, index) => index + 1));
    expect(rowsLeft(home)).toBe(1_291);
    clock.advance(LONG);
    // One turn is still being read.
    expect(rowsLeft(home)).toBeLessThan(100);
    expect(read()).toEqual(before);
    expect(journal.quarantine()).toEqual([]);
    journal.close();
  });

  test('knows a frame again that comes as an item now', () => {
    using folder = temporaryHome();
    const { home } = folder;
    copyFileSync(original, journalFiles(home).database);
    const journal = openOrThrow({ home, ...manualClock() });
    const frames = journal
      .allEvents({ after: 0, limit: 10_000 })
      .flatMap(({ event, sessionId, dataText }) =>
        event.type === 'StreamEvent' && event.event === 'assistant' && event.eventId !== undefined
          ? [{ event, id: event.eventId, sessionId, dataText: dataText ?? '' }]
          : [],
      );
    const { lastPosition } = journal;
    for (const { event, id, sessionId, dataText } of frames) {
      const { agentId: agent, attempt, turnId } = event;
      const items = [{ kind: 'text' as const, id, dataText }];
      journal.buffer({ sessionId, agentId: agent, attempt, turnId, items });
    }
    journal.flush();
    expect(frames.length).toBeGreaterThan(100);
    expect(journal.lastPosition).toBe(lastPosition);
    journal.close();
  });
});
