import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { TranscriptEvent } from '../../session/events.ts';
import type { SessionId, TurnId } from '../../session/ids.ts';
import type { AgentId } from '../../workflow/ids.ts';
import { prepareQuery } from '../database.ts';
import type { ItemRow, ItemSource } from '../event-codec.ts';
import type { Quarantine } from '../quarantine.ts';
import { type PackedItem, unpackItems } from './pack-codec.ts';
import { PackMerge } from './pack-merge.ts';
import { UnpackedCache } from './unpacked-cache.ts';

/** A stretch of one turn's items as one row. `numbers` are those that the tables give sessions and turns. */
export type Pack = {
  readonly session: number;
  readonly stream: number;
  readonly type: TranscriptEvent['type'];
  readonly items: readonly PackedItem[];
  readonly block: Uint8Array;
};

/** What to read: everything, one session, or one agent of a session. */
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

/** An item from a pack, with its source. */
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
  readonly run_id: TurnId;
  readonly type: TranscriptEvent['type'];
  readonly first: number;
  readonly last: number;
};

/** No pack spans more positions than this, so that those around a position are found by their beginning. */
export const MAX_SPAN = 1_000_000;
/** Size of the cache of unpacked packs, so that pages of many agents do not unpack the same packs again. */
const MAX_UNPACKED_CHARACTERS = 32 * 1024 * 1024;
/** Number of turns whose stored items are cached. */
const MAX_DELIVERED = 8;

/** The packed stretches. Reads are exact: an item of a pack looks as its row did. */
export class PackTable {
  readonly #database: DatabaseSync;
  readonly #insert;
  readonly #block;
  readonly #ofStream;
  readonly #quarantine: Quarantine;
  readonly #unpacked = new UnpackedCache(MAX_UNPACKED_CHARACTERS);
  readonly #delivered = new Map<number, ReadonlySet<string>>();

  constructor(database: DatabaseSync, quarantine: Quarantine) {
    this.#database = database;
    this.#quarantine = quarantine;
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
      if (this.#delivered.size >= MAX_DELIVERED) this.#delivered.clear();
      this.#delivered.set(stream, known);
    }
    return known.has(deliveryKey(id, name));
  }

  /** Items in a range, in its order, at most `limit`. */
  rows(scope: PackScope, range: PackRange): UnpackedRow[] {
    const packs = this.#packsOf(scope, range)[Symbol.iterator]();
    const merge = new PackMerge(range, (pack: Columns) => this.#items(pack.first_position));
    const rows: UnpackedRow[] = [];
    let waiting = packs.next();
    while (rows.length < range.limit) {
      // Packs of agents that worked side by side overlap; one that begins later is not unpacked yet.
      while (!waiting.done && merge.needs(waiting.value)) {
        merge.add(waiting.value);
        waiting = packs.next();
      }
      const found = merge.next();
      if (found === null) break;
      rows.push(unpackedRow(found.pack, found.item));
    }
    packs.return?.();
    return rows;
  }

  /** After a rollback: what is in memory may never have been stored. */
  clearCache(): void {
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
      parameters.push(range.after - MAX_SPAN);
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

  /** The items of a pack. A damaged pack is quarantined and read as empty. */
  #items(firstPosition: number): readonly PackedItem[] {
    const cached = this.#unpacked.get(firstPosition);
    if (cached !== undefined) return cached;
    let items: readonly PackedItem[] = [];
    try {
      const found = this.#block.get(firstPosition);
      if (found === undefined) throw new Error('it vanished');
      items = unpackItems(found.block);
    } catch (error) {
      this.#quarantine.add(firstPosition, `a packed part of a transcript cannot be read: ${error}`);
    }
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
    turnId: pack.run_id,
  };
}
