import type { DatabaseSync } from 'node:sqlite';
import type { TranscriptEvent } from '../../session/events.ts';
import { prepareQuery } from '../database.ts';
import { type PackedItem, packItems } from './pack-codec.ts';
import { type PackTable, WIDEST_SPAN } from './pack-table.ts';

/** Enough for the compression to know the text, few enough to be quick to unpack for one page. */
const MOST_ITEMS = 2_000;
/** A pack has a cost of its own; fewer items stay rows. */
const FEWEST_ITEMS = 20;

type Row = PackedItem & { readonly type: TranscriptEvent['type'] };

/** Packs what turns have left as rows once their reading is complete. Call it inside a transaction. */
export class Packer {
  readonly #packs: PackTable;
  readonly #next;
  readonly #rows;
  readonly #delete;
  readonly #markPacked;

  constructor(database: DatabaseSync, packs: PackTable) {
    this.#packs = packs;
    this.#next = prepareQuery<{ number: number; session: number; packedTo: number | null }>(
      database,
      `SELECT number, session, (SELECT max(last_seq) FROM packs WHERE stream = number) AS packedTo
       FROM streams WHERE is_read = 1 AND is_packed = 0 ORDER BY number LIMIT 1`,
    );
    // By session and seq, for which there is an index: the other turns of a session are few.
    this.#rows = prepareQuery<Row>(
      database,
      `SELECT position, seq, at, type, event_name AS name, event_id AS id, payload FROM events
       WHERE session = ? AND seq > ? AND stream = ? ORDER BY seq LIMIT ${MOST_ITEMS}`,
    );
    this.#delete = database.prepare(
      'DELETE FROM events WHERE session = ? AND seq BETWEEN ? AND ? AND stream = ?',
    );
    this.#markPacked = database.prepare('UPDATE streams SET is_packed = 1 WHERE number = ?');
  }

  get hasWork(): boolean {
    return this.#next.get() !== undefined;
  }

  /** Packs one stretch; false when there is nothing left to pack. */
  packOne(): boolean {
    const next = this.#next.get();
    if (next === undefined) return false;
    const { number: stream, session } = next;
    const stretch = alikeFromTheStart(this.#rows.all(session, next.packedTo ?? 0, stream));
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (first === undefined || last === undefined || stretch.length < FEWEST_ITEMS) {
      this.#markPacked.run(stream);
      return true;
    }
    const { type } = first;
    const items = stretch.map(({ position, seq, at, name, id, payload }) => ({
      position,
      seq,
      at,
      name,
      id,
      payload,
    }));
    this.#packs.add({ session, stream, type, items, block: packItems(items) });
    this.#delete.run(session, first.seq, last.seq, stream);
    return true;
  }
}

/** The rows that go into one pack: of one type, and not too far apart. */
function alikeFromTheStart(rows: readonly Row[]): readonly Row[] {
  const [first] = rows;
  if (first === undefined) return [];
  const end = rows.findIndex(
    ({ type, position }) => type !== first.type || position - first.position >= WIDEST_SPAN,
  );
  return end === -1 ? rows : rows.slice(0, end);
}
