import type { DatabaseSync } from 'node:sqlite';
import type { TranscriptEvent } from '../../session/events.ts';
import { prepareQuery } from '../database.ts';
import type { Quarantine } from '../quarantine.ts';
import { type PackedItem, packItems } from './pack-codec.ts';
import { MAX_SPAN, type PackTable } from './pack-table.ts';

/** Enough for good compression, and few enough to unpack quickly for one page. */
const MAX_ITEMS = 2_000;
/** Limits the text of a pack, because packing and unpacking block the event loop. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Fewer items at the end of a turn stay rows, because a pack has overhead. */
const MIN_ITEMS = 20;

type Row = PackedItem & { readonly type: TranscriptEvent['type'] };

/** Packs what turns have left as rows once their reading is complete. Call it inside a transaction. */
export class Packer {
  readonly #packs: PackTable;
  readonly #quarantine: Quarantine;
  readonly #next;
  readonly #rows;
  readonly #delete;
  readonly #markPacked;

  constructor(database: DatabaseSync, packs: PackTable, quarantine: Quarantine) {
    this.#packs = packs;
    this.#quarantine = quarantine;
    this.#next = prepareQuery<{ number: number; session: number; packedTo: number | null }>(
      database,
      `SELECT number, session, (SELECT max(last_seq) FROM packs WHERE stream = number) AS packedTo
       FROM streams WHERE is_read = 1 AND is_packed = 0 ORDER BY number LIMIT 1`,
    );
    // By session and seq, for which there is an index: the other turns of a session are few.
    this.#rows = prepareQuery<Row>(
      database,
      `SELECT position, seq, at, type, event_name AS name, event_id AS id, payload FROM events
       WHERE session = ? AND seq > ? AND stream = ? ORDER BY seq LIMIT ${MAX_ITEMS}`,
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
    const { items: stretch, isLast } = firstStretch(
      this.#rows.iterate(session, next.packedTo ?? 0, stream),
    );
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (first === undefined || last === undefined || (isLast && stretch.length < MIN_ITEMS)) {
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
    const block = this.#packed(items, first.position);
    if (block === null) {
      this.#markPacked.run(stream);
      return true;
    }
    this.#packs.add({ session, stream, type, items, block });
    this.#delete.run(session, first.seq, last.seq, stream);
    return true;
  }

  /** Null when they cannot be packed: then they stay rows, and quarantine says why. */
  #packed(items: readonly PackedItem[], position: number): Uint8Array | null {
    try {
      return packItems(items);
    } catch (error) {
      return this.#quarantine.add(position, `a part of a transcript cannot be packed: ${error}`);
    }
  }
}

/** The rows that go into one pack: of one type, not too far apart, not too much; and whether they are the last ones. */
function firstStretch(rows: Iterable<Row>): { items: readonly Row[]; isLast: boolean } {
  const items: Row[] = [];
  let characters = 0;
  for (const row of rows) {
    const [first = row] = items;
    const isOfAnother = row.type !== first.type || row.position - first.position >= MAX_SPAN;
    if (isOfAnother || characters > MAX_CHARACTERS) return { items, isLast: false };
    items.push(row);
    characters += row.payload.length;
  }
  return { items, isLast: items.length < MAX_ITEMS };
}
