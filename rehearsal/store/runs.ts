import type { DatabaseSync } from 'node:sqlite';
import type { AgentId, RunId } from '../ids.ts';
import type { Page } from './agents.ts';
import { isTerminal, type RunProgress, type RunRecord } from './records.ts';

export class RunStore {
  readonly #insert;
  readonly #update;
  readonly #updateProgress;
  readonly #byId;
  readonly #progress;
  readonly #byAgent;
  readonly #live;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO runs (id, agent_id, is_live, record, progress) VALUES (?, ?, 1, ?, '{"step":0,"moments":0,"outputTokens":0}')`,
    );
    this.#update = database.prepare('UPDATE runs SET record = ?, is_live = ? WHERE id = ?');
    this.#updateProgress = database.prepare('UPDATE runs SET progress = ? WHERE id = ?');
    this.#byId = database.prepare('SELECT record FROM runs WHERE id = ?');
    this.#progress = database.prepare('SELECT progress FROM runs WHERE id = ?');
    this.#byAgent = database.prepare(
      'SELECT seq, record FROM runs WHERE agent_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?',
    );
    this.#live = database.prepare('SELECT record FROM runs WHERE is_live = 1 ORDER BY seq');
  }

  add(run: RunRecord): void {
    this.#insert.run(run.id, run.agentId, JSON.stringify(run));
  }

  find(id: string): RunRecord | undefined {
    const row = this.#byId.get(id);
    return row === undefined ? undefined : decode(row.record);
  }

  update(id: RunId, change: Partial<RunRecord>): RunRecord {
    const run = this.find(id);
    if (run === undefined) throw new Error(`No run ${id}`);
    const changed = { ...run, ...change };
    this.#update.run(JSON.stringify(changed), isTerminal(changed.status) ? 0 : 1, id);
    return changed;
  }

  progress(id: RunId): RunProgress {
    // The column is written only by this class, always from a RunProgress.
    return JSON.parse(String(this.#progress.get(id)?.progress)) as RunProgress;
  }

  saveProgress(id: RunId, progress: RunProgress): void {
    this.#updateProgress.run(JSON.stringify(progress), id);
  }

  /** Newest first, before the given position. */
  page(agentId: AgentId, limit: number, before: number): Page<RunRecord> {
    const rows = this.#byAgent.all(agentId, before, limit + 1);
    const items = rows.slice(0, limit).map((row) => decode(row.record));
    const last = rows[limit - 1];
    return rows.length > limit ? { items, nextBefore: Number(last?.seq) } : { items };
  }

  /** Ordered from oldest to newest. */
  ofAgent(agentId: AgentId): readonly RunRecord[] {
    const newestFirst = this.page(agentId, 1_000_000, Number.MAX_SAFE_INTEGER).items;
    return [...newestFirst].reverse();
  }

  live(): readonly RunRecord[] {
    return this.#live.all().map((row) => decode(row.record));
  }
}

// The column is written only by this class, always from a RunRecord.
const decode = (column: unknown): RunRecord => JSON.parse(String(column)) as RunRecord;
