import type { DatabaseSync } from 'node:sqlite';
import type { AgentId } from '../ids.ts';
import type { AgentRecord } from './records.ts';

export type Page<Item> = { readonly items: readonly Item[]; readonly nextBefore?: number };

export class AgentStore {
  readonly #insert;
  readonly #update;
  readonly #byId;
  readonly #all;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO agents (id, record) VALUES (?, ?) ON CONFLICT (id) DO NOTHING',
    );
    this.#update = database.prepare('UPDATE agents SET record = ? WHERE id = ?');
    this.#byId = database.prepare('SELECT record FROM agents WHERE id = ?');
    this.#all = database.prepare('SELECT seq, record FROM agents WHERE seq < ? ORDER BY seq DESC');
  }

  /** Returns false if the id is taken, also by a deleted agent. */
  add(agent: AgentRecord): boolean {
    return this.#insert.run(agent.id, JSON.stringify(agent)).changes === 1;
  }

  /** Also finds deleted agents. */
  find(id: string): AgentRecord | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : decode(row.record);
  }

  update(id: AgentId, change: Partial<AgentRecord>): AgentRecord {
    const agent = this.find(id);
    if (agent === undefined) throw new Error(`No agent ${id}`);
    const changed = { ...agent, ...change };
    this.#update.run(JSON.stringify(changed), id);
    return changed;
  }

  /** Newest first, before the given position. */
  page(limit: number, before: number, accept: (agent: AgentRecord) => boolean): Page<AgentRecord> {
    const items: AgentRecord[] = [];
    let lastSeq = before;
    for (const row of this.#all.iterate(before)) {
      const agent = decode(row.record);
      if (!accept(agent)) continue;
      if (items.length === limit) return { items, nextBefore: lastSeq };
      items.push(agent);
      lastSeq = Number(row.seq);
    }
    return { items };
  }

  all(): readonly AgentRecord[] {
    return this.page(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, () => true).items;
  }
}

// The column is written only by this class, always from an AgentRecord.
const decode = (column: unknown): AgentRecord => JSON.parse(String(column)) as AgentRecord;
