import type { DatabaseSync } from 'node:sqlite';
import type { LedgerEntry, LedgerKind } from './records.ts';

export type NewLedgerEntry = {
  readonly kind: LedgerKind;
  readonly agentId?: string;
  readonly runId?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

export class LedgerStore {
  readonly #insert;
  readonly #all;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO ledger (at_ms, kind, agent_id, run_id, detail) VALUES (?, ?, ?, ?, ?)',
    );
    this.#all = database.prepare(
      'SELECT seq, at_ms, kind, agent_id, run_id, detail FROM ledger ORDER BY seq',
    );
  }

  record(atMs: number, { kind, agentId, runId, detail }: NewLedgerEntry): void {
    const json = JSON.stringify(detail ?? {});
    this.#insert.run(atMs, kind, agentId ?? null, runId ?? null, json);
  }

  all(): readonly LedgerEntry[] {
    return this.#all.all().map((row) => ({
      seq: Number(row.seq),
      atMs: Number(row.at_ms),
      // Written only by `record`, whose type allows no other value.
      kind: row.kind as LedgerKind,
      ...(row.agent_id === null ? {} : { agentId: String(row.agent_id) }),
      ...(row.run_id === null ? {} : { runId: String(row.run_id) }),
      detail: JSON.parse(String(row.detail)) as Record<string, unknown>,
    }));
  }
}
