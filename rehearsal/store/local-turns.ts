import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord, TokenUsage } from './records.ts';

/**
 * DISCONNECTED: the client left before the end. The server cannot distinguish a cancelled turn from a broken
 * connection.
 */
export type LocalTurnStatus = 'RUNNING' | 'FINISHED' | 'ERROR' | 'DISCONNECTED';

/** A turn of an agent in the SDK's local mode. The client stores files, history and checkpoints. */
export type LocalTurnRecord = {
  readonly agentId: string;
  /** The client's id of the turn; the same for all attempts. */
  readonly runId: string;
  readonly title: string;
  readonly prompt: string;
  readonly mode: RunRecord['mode'];
  readonly model?: { readonly id: string; readonly params: readonly unknown[] };
  readonly subagent?: string;
  readonly images: number;
  readonly hasSystemPrompt: boolean;
  readonly allowedTools?: string;
  readonly excludedTools?: string;
  readonly scripted?: NonNullable<RunRecord['scripted']>;
  readonly status: LocalTurnStatus;
  readonly error?: string;
  /** Number of streams that were opened for it, and how many of them continued from a checkpoint. */
  readonly attempts: number;
  readonly resumes: number;
  readonly toolCalls: number;
  readonly createdAtMs: number;
  readonly endedAtMs?: number;
  readonly endedUnscaledMs?: number;
  readonly usageId: string;
  readonly usage: TokenUsage;
};

// Not in the schema of `database.ts`, so that existing databases get the table too.
const table = `CREATE TABLE IF NOT EXISTS local_turns (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, agent_id TEXT NOT NULL, run_id TEXT NOT NULL, record TEXT NOT NULL,
  UNIQUE (agent_id, run_id)
) STRICT`;

export class LocalTurnStore {
  readonly #put;
  readonly #find;
  readonly #byAgent;
  readonly #all;

  constructor(database: DatabaseSync) {
    database.exec(table);
    this.#put = database.prepare(
      'INSERT INTO local_turns (agent_id, run_id, record) VALUES (?, ?, ?) ' +
        'ON CONFLICT (agent_id, run_id) DO UPDATE SET record = excluded.record',
    );
    this.#find = database.prepare(
      'SELECT record FROM local_turns WHERE agent_id = ? AND run_id = ?',
    );
    this.#byAgent = database.prepare(
      'SELECT record FROM local_turns WHERE agent_id = ? ORDER BY seq',
    );
    this.#all = database.prepare('SELECT record FROM local_turns ORDER BY seq');
  }

  put(turn: LocalTurnRecord): void {
    this.#put.run(turn.agentId, turn.runId, JSON.stringify(turn));
  }

  find(agentId: string, runId: string): LocalTurnRecord | undefined {
    const row = this.#find.get(agentId, runId);
    return row === undefined ? undefined : decode(row.record);
  }

  update(agentId: string, runId: string, change: Partial<LocalTurnRecord>): void {
    const turn = this.find(agentId, runId);
    if (turn === undefined) throw new Error(`No turn ${runId} of ${agentId}`);
    this.put({ ...turn, ...change });
  }

  /** Marks running turns as disconnected after a restart: their streams ended with the previous process. */
  disconnectAll(): void {
    for (const turn of this.all()) {
      if (turn.status === 'RUNNING') this.put({ ...turn, status: 'DISCONNECTED' });
    }
  }

  /** Ordered from oldest to newest. */
  ofAgent(agentId: string): readonly LocalTurnRecord[] {
    return this.#byAgent.all(agentId).map((row) => decode(row.record));
  }

  all(): readonly LocalTurnRecord[] {
    return this.#all.all().map((row) => decode(row.record));
  }
}

// The column is written only by this class, always from a LocalTurnRecord.
const decode = (column: unknown): LocalTurnRecord => JSON.parse(String(column)) as LocalTurnRecord;
