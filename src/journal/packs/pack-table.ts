import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { TranscriptEvent } from '../../session/events.ts';
import type { CursorRunId, SessionId } from '../../session/ids.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { prepareQuery } from '../database.ts';
import type { ItemRow, ItemSource } from '../event-codec.ts';
import { type PackedItem, unpackItems } from './pack-codec.ts';

/** A stretch of one turn's items as one row. `numbers` are those that the tables give sessions and turns. */
export type Pack = {
  readonly session: number;
  readonly stream: number;
  readonly type: TranscriptEvent['type'];
  readonly items: readonly PackedItem[];
  readonly block: Uint8Array;
};

/** What is to be read: everything, one session, one agent of it. */
export type PackScope = {
  readonly sessionId?: SessionId;
  readonly agentId?: AgentId;
  readonly types?: readonly string[];
};

/** Between `after` and `before`, both left out, by `seq` in a session or by `position` in the whole journal. */
export type PackRange = {
  readonly key: 'seq' | 'position';
  readonly after: number;
  readonly before: number;
  readonly limit: number;
  readonly newestFirst: boolean;
};

/** An item that was read out of a pack, with where it comes from. */
export type UnpackedRow = ItemRow &
  ItemSource & {
    readonly sessionId: SessionId;
    readonly position: number;
    readonly seq: number;
    readonly at: number;
  };

type Columns = {
  readonly first_position: number;
  readonly session_id: SessionId;
  readonly agent_id: AgentId;
  readonly attempt: number;
  readonly run_id: CursorRunId;
  readonly type: TranscriptEvent['type'];
  readonly first: number;
  readonly last: number;
};

/** No pack spans more positions than this, so that those around a position are found by their beginning. */
export const WIDEST_SPAN = 1_000_000;
const UNPACKED_CACHE = 8;

/** The packed stretches. Reads are exact: an item of a pack looks as its row did. */
export class PackTable {
  readonly #database: DatabaseSync;
  readonly #insert;
  readonly #block;
  readonly #ofStream;
  readonly #unpacked = new Map<number, readonly PackedItem[]>();
  readonly #delivered = new Map<number, ReadonlySet<string>>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO packs (first_position, last_position, session, first_seq, last_seq, stream, type, items, block)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#block = prepareQuery<{ block: Uint8Array }>(
      database,
      'SELECT block FROM packs WHERE first_position = ?',
    );
    this.#ofStream = prepareQuery<{ first_position: number }>(
      database,
      'SELECT first_position FROM packs WHERE stream = ?',
    );
  }

  add({ session, stream, type, items, block }: Pack): void {
    const [first, last] = [items[0], items.at(-1)];
    if (first === undefined || last === undefined) return;
    this.#insert.run(
      first.position,
      last.position,
      session,
      first.seq,
      last.seq,
      stream,
      type,
      items.length,
      block,
    );
    this.#delivered.delete(stream);
  }

  /** Whether an item of this name with this id is in a pack of the turn: it was delivered before. */
  has(stream: number, id: string, name: string): boolean {
    let known = this.#delivered.get(stream);
    if (known === undefined) {
      const packs = this.#ofStream.all(stream).map((pack) => this.#items(pack.first_position));
      known = new Set(packs.flat().map((item) => deliveryKey(item.id, item.name)));
      if (this.#delivered.size >= UNPACKED_CACHE) this.#delivered.clear();
      this.#delivered.set(stream, known);
    }
    return known.has(deliveryKey(id, name));
  }

  /** Items in a range, in its order, at most `limit`. */
  rows(scope: PackScope, range: PackRange): UnpackedRow[] {
    const found: UnpackedRow[] = [];
    const sign = range.newestFirst ? -1 : 1;
    const order = (one: UnpackedRow, other: UnpackedRow): number =>
      sign * (one[range.key] - other[range.key]);
    for (const pack of this.#packsOf(scope, range)) {
      const furthest = found[range.limit - 1];
      const begin = range.newestFirst ? pack.last : pack.first;
      // Packs of agents that worked side by side overlap: only one that begins behind the page ends the search.
      if (furthest !== undefined && sign * (begin - furthest[range.key]) > 0) break;
      for (const item of this.#items(pack.first_position)) {
        if (item[range.key] <= range.after || item[range.key] >= range.before) continue;
        found.push(unpackedRow(pack, item));
      }
      found.sort(order);
      found.length = Math.min(found.length, range.limit);
    }
    return found;
  }

  /** After a rollback: what is in memory may never have been stored. */
  forget(): void {
    this.#unpacked.clear();
    this.#delivered.clear();
  }

  #packsOf(scope: PackScope, range: PackRange): Iterable<Columns> {
    const [first, last] =
      range.key === 'seq' ? ['first_seq', 'last_seq'] : ['first_position', 'last_position'];
    const where = [`${last} > ?`, `${first} < ?`];
    const parameters: SQLInputValue[] = [range.after, range.before];
    if (range.key === 'position') {
      where.push('first_position > ?');
      parameters.push(range.after - WIDEST_SPAN);
    }
    if (scope.sessionId !== undefined) {
      where.push('packs.session = (SELECT number FROM sessions WHERE id = ?)');
      parameters.push(scope.sessionId);
    }
    if (scope.agentId !== undefined) {
      where.push('streams.agent_id = ?');
      parameters.push(scope.agentId);
    }
    if (scope.types !== undefined) {
      where.push('packs.type IN (SELECT value FROM json_each(?))');
      parameters.push(JSON.stringify(scope.types));
    }
    const direction = range.newestFirst ? `${last} DESC` : `${first} ASC`;
    return prepareQuery<Columns>(
      this.#database,
      `SELECT first_position, sessions.id AS session_id, streams.agent_id AS agent_id, attempt, run_id,
         packs.type AS type, ${first} AS first, ${last} AS last
       FROM packs JOIN streams ON stream = streams.number JOIN sessions ON packs.session = sessions.number
       WHERE ${where.join(' AND ')} ORDER BY ${direction}`,
    ).iterate(...parameters);
  }

  #items(firstPosition: number): readonly PackedItem[] {
    const cached = this.#unpacked.get(firstPosition);
    if (cached !== undefined) return cached;
    const found = this.#block.get(firstPosition);
    if (found === undefined) throw new Error(`The pack at ${firstPosition} vanished`);
    const items = unpackItems(found.block);
    const [oldest] = this.#unpacked.keys();
    if (this.#unpacked.size >= UNPACKED_CACHE && oldest !== undefined)
      this.#unpacked.delete(oldest);
    this.#unpacked.set(firstPosition, items);
    return items;
  }
}

const deliveryKey = (id: string | null, name: string): string => `${name} ${id ?? ''}`;

function unpackedRow(pack: Columns, item: PackedItem): UnpackedRow {
  return {
    ...item,
    type: pack.type,
    sessionId: pack.session_id,
    agentId: pack.agent_id,
    attempt: pack.attempt,
    cursorRunId: pack.run_id,
  };
}
