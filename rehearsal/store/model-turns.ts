import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from './records.ts';

/** How a request for a model message ended. */
export type ModelOutcome = 'open' | 'whole' | 'cut' | 'error' | 'left' | 'refused';

export type ModelRequestRecord = {
  readonly atMs: number;
  /** Number of tool results in the turn at that time. */
  readonly pastCalls: number;
  readonly outcome: ModelOutcome;
  /** Names of the tools that the response calls. */
  readonly calls: readonly string[];
  readonly failure?: string;
};

/**
 * A turn of a conversation in a model API. The client stores the conversation and sends all of it with each request.
 */
export type ModelTurnRecord = {
  /** Combines API, session, position in the conversation, and prompt. */
  readonly key: string;
  readonly api: string;
  readonly sessionKey: string;
  readonly title: string;
  readonly prompt: string;
  readonly model: string;
  readonly mode: 'agent' | 'plan';
  readonly folder?: string;
  readonly tools: readonly string[];
  readonly hasOutputSchema: boolean;
  readonly images: number;
  /** Start of the system prompt. */
  readonly system: string;
  /** Text that the client added to the prompt, such as the rules of a project. */
  readonly context: string;
  readonly scripted?: NonNullable<RunRecord['scripted']>;
  readonly createdAtMs: number;
  readonly requests: readonly ModelRequestRecord[];
};

// Not in the schema of `database.ts`, so that existing databases get the table too.
const table = `CREATE TABLE IF NOT EXISTS model_turns (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, record TEXT NOT NULL
) STRICT`;

export class ModelTurnStore {
  readonly #put;
  readonly #find;
  readonly #all;

  constructor(database: DatabaseSync) {
    database.exec(table);
    this.#put = database.prepare(
      'INSERT INTO model_turns (key, record) VALUES (?, ?) ' +
        'ON CONFLICT (key) DO UPDATE SET record = excluded.record',
    );
    this.#find = database.prepare('SELECT record FROM model_turns WHERE key = ?');
    this.#all = database.prepare('SELECT record FROM model_turns ORDER BY seq');
  }

  put(turn: ModelTurnRecord): void {
    this.#put.run(turn.key, JSON.stringify(turn));
  }

  find(key: string): ModelTurnRecord | undefined {
    const row = this.#find.get(key);
    return row === undefined ? undefined : decode(row.record);
  }

  /** Ordered from oldest to newest. */
  all(): readonly ModelTurnRecord[] {
    return this.#all.all().map((row) => decode(row.record));
  }
}

// The column is written only by this class, always from a ModelTurnRecord.
const decode = (column: unknown): ModelTurnRecord => JSON.parse(String(column)) as ModelTurnRecord;
