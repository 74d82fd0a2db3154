import type { DatabaseSync } from 'node:sqlite';
import { type EventId, formatEventId, nextEventId, parseEventId } from '../stream/event-id.ts';
import type { StreamEvent } from '../stream/stream-events.ts';

export type StoredFrame = {
  readonly seq: number;
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
};

type Tail = { seq: number; lastId: EventId | undefined };

/** The number of no run: queries for an unknown run find nothing. */
const noRun = -1;

/** The frames of every run. Their numbers and ids never change, so a replay returns the same ids. */
export class EventStore {
  readonly #insert;
  readonly #after;
  readonly #lastSeqOfId;
  readonly #anyRunWithId;
  readonly #tail;
  readonly #count;
  readonly #runNumber;
  readonly #tails = new Map<string, Tail>();
  /** Rows refer to their run by number: run ids of 40 characters would double the size. */
  readonly #runNumbers = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO events (run, seq, event_id, event, data) VALUES (?, ?, ?, ?, ?)',
    );
    this.#after = database.prepare(
      'SELECT seq, event_id AS id, event, data FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.#lastSeqOfId = database.prepare(
      'SELECT max(seq) AS seq FROM events WHERE event_id = ? AND run = ?',
    );
    this.#anyRunWithId = database.prepare('SELECT 1 FROM events WHERE event_id = ? LIMIT 1');
    this.#tail = database.prepare(
      `SELECT max(seq) AS seq,
        (SELECT event_id FROM events WHERE run = ?1 AND event_id IS NOT NULL ORDER BY seq DESC LIMIT 1) AS id
       FROM events WHERE run = ?1`,
    );
    this.#runNumber = database.prepare('SELECT seq FROM runs WHERE id = ?');
    this.#count = database.prepare('SELECT count(*) AS count FROM events WHERE run = ?');
  }

  /** Call it inside a transaction; if that is rolled back, call `forgetTail`. */
  append(runId: string, events: readonly StreamEvent[], nowMs: number): void {
    const tail = this.#tailOf(runId);
    const run = this.#numberOf(runId);
    for (const event of events) {
      if (event.hasId) tail.lastId = nextEventId(nowMs, tail.lastId);
      const id = event.hasId && tail.lastId !== undefined ? formatEventId(tail.lastId) : null;
      for (const frame of event.frames) {
        tail.seq += 1;
        this.#insert.run(run, tail.seq, id, frame.event, JSON.stringify(frame.data));
      }
    }
  }

  forgetTail(runId: string): void {
    this.#tails.delete(runId);
  }

  after(runId: string, seq: number, limit: number): readonly StoredFrame[] {
    // The selected columns are exactly the fields of a StoredFrame.
    return this.#after.all(this.#numberOf(runId), seq, limit) as unknown as StoredFrame[];
  }

  /** Position of the last frame of this run with the given id. */
  positionOf(runId: string, eventId: string): number | undefined {
    const seq = this.#lastSeqOfId.get(eventId, this.#numberOf(runId))?.seq;
    return typeof seq === 'number' ? seq : undefined;
  }

  existsInAnyRun(eventId: string): boolean {
    return this.#anyRunWithId.get(eventId) !== undefined;
  }

  count(runId: string): number {
    return Number(this.#count.get(this.#numberOf(runId))?.count);
  }

  lastSeq(runId: string): number {
    return this.#tailOf(runId).seq;
  }

  #tailOf(runId: string): Tail {
    const known = this.#tails.get(runId);
    if (known !== undefined) return known;
    const row = this.#tail.get(this.#numberOf(runId));
    const id = row?.id;
    const tail = {
      seq: Number(row?.seq ?? 0),
      lastId: typeof id === 'string' ? parseEventId(id) : undefined,
    };
    this.#tails.set(runId, tail);
    return tail;
  }

  #numberOf(runId: string): number {
    const known = this.#runNumbers.get(runId);
    if (known !== undefined) return known;
    const number = this.#runNumber.get(runId)?.seq;
    if (typeof number !== 'number') return noRun;
    this.#runNumbers.set(runId, number);
    return number;
  }
}
