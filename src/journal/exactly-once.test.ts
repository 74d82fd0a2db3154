import { expect, test } from 'vitest';
import {
  type CountingState,
  countingProjection,
  item,
  itemsOf,
  launchIntended,
  manualClock,
  openOrThrow,
  runNumber,
  sessionNumber,
  sessionStarted,
  temporaryHome,
} from '../../testing/journal.ts';
import fc from '../../testing/properties.ts';
import { isTranscript, type LifecycleEvent } from '../session/events.ts';
import type { RawItem } from '../transcript/item.ts';
import type { Journal } from './types.ts';

type Step =
  | { readonly kind: 'append'; readonly session: number }
  | {
      readonly kind: 'buffer';
      readonly session: number;
      readonly run: number;
      readonly from: number;
      readonly count: number;
    }
  | { readonly kind: 'flush' | 'wait' | 'reopen' };

const session = fc.integer({ min: 1, max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('append' as const), session }),
  fc.record({
    kind: fc.constant('buffer' as const),
    session,
    run: fc.integer({ min: 1, max: 2 }),
    from: fc.integer({ min: 1, max: 12 }),
    count: fc.integer({ min: 0, max: 6 }),
  }),
  fc.record({ kind: fc.constantFrom('flush' as const, 'wait' as const, 'reopen' as const) }),
);

/** A turn belongs to one session, so that its number includes the session's number. */
const runOf = (at: { session: number; run: number }): number => at.session * 10 + at.run;

const itemsIn = (at: Extract<Step, { kind: 'buffer' }>): RawItem[] =>
  Array.from({ length: at.count }, (_, index) => item(at.from + index));

/** The expected content of the disk: every event once, in the order in which it was first passed. */
class Expected {
  readonly events: string[] = [];
  readonly cursors = new Map<number, string>();
  readonly types = new Map<number, string[]>();
  readonly #known = new Set<string>();
  #buffered: Extract<Step, { kind: 'buffer' }>[] = [];

  append(number: number, event: LifecycleEvent): void {
    this.commit();
    this.events.push(`${number} ${event.type}`);
    this.types.set(number, [...(this.types.get(number) ?? []), event.type]);
  }

  buffer(at: Extract<Step, { kind: 'buffer' }>): void {
    this.#buffered.push(at);
  }

  commit(): void {
    for (const at of this.#buffered) {
      const run = runOf(at);
      for (const { id, kind, dataText } of itemsIn(at)) {
        if (this.#known.has(`${run} ${id} ${kind}`)) continue;
        this.#known.add(`${run} ${id} ${kind}`);
        this.events.push(`${at.session} ${run} ${dataText}`);
      }
      this.cursors.set(run, `c${at.from}`);
    }
    this.#buffered = [];
  }
}

const stored = (journal: Journal<unknown>): string[] =>
  journal.allEvents({ after: 0, limit: 10_000 }).map(({ sessionId, event, dataText }, index) => {
    const number = Number.parseInt(sessionId.slice(2), 16);
    if (event.type !== 'TranscriptItem') return `${number} ${event.type}`;
    expect(index).toBeGreaterThan(0);
    return `${number} ${Number.parseInt(event.turnId.slice(-12), 16)} ${dataText}`;
  });

const expectComplete = (journal: Journal<unknown>, expected: Expected): void => {
  expect(stored(journal)).toEqual(expected.events);
  const all = journal.allEvents({ after: 0, limit: 10_000 });
  expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => index + 1));
  for (const [number, types] of expected.types) {
    const id = sessionNumber(number);
    const own = journal.sessionEvents(id, { limit: 10_000 });
    expect(own.map(({ seq }) => seq)).toEqual(own.map((_, index) => index + 1));
    const refolded = own.reduce<CountingState | undefined>(
      (state, { event, at }) =>
        isTranscript(event) ? state : countingProjection.evolve(state, event, at, id),
      undefined,
    );
    expect(journal.state(id)).toEqual(refolded);
    expect((refolded as CountingState).types).toEqual(types);
  }
  for (const [run, cursor] of expected.cursors) {
    expect(journal.streamCursor(runNumber(run))?.cursor).toBe(cursor);
  }
};

test('any sequence of appends, items, commits and restarts stores every event once and in order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      using folder = temporaryHome();
      const clock = manualClock();
      const expected = new Expected();
      let journal = openOrThrow({ home: folder.home, ...clock });
      const published: number[] = [];
      const listen = () =>
        journal.onCommitted((events) => published.push(...events.map(({ position }) => position)));
      listen();
      for (const number of [1, 2]) {
        journal.append(sessionNumber(number), [sessionStarted()]);
        expected.append(number, sessionStarted());
      }
      for (const at of steps) {
        if (at.kind === 'append') {
          journal.append(sessionNumber(at.session), [launchIntended()]);
          expected.append(at.session, launchIntended());
        } else if (at.kind === 'buffer') {
          journal.buffer(itemsOf(at.session, runOf(at), itemsIn(at), `c${at.from}`));
          expected.buffer(at);
        } else {
          expected.commit();
          if (at.kind === 'flush') journal.flush();
          if (at.kind === 'wait') clock.advance(50);
          if (at.kind === 'reopen') {
            journal.close();
            journal = openOrThrow({ home: folder.home, ...clock });
            listen();
          }
        }
      }
      journal.close();
      expected.commit();
      journal = openOrThrow({ home: folder.home, ...clock });
      expectComplete(journal, expected);
      expect(published).toEqual(expected.events.map((_, index) => index + 1));
      journal.close();
    }),
    { numRuns: 40 },
  );
});
