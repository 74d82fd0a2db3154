import type { DatabaseSync } from 'node:sqlite';
import type { RunRecord } from './records.ts';

/** How a request for a model's message ended. */
export type ModelOutcome = 'open' | 'whole' | 'cut' | 'error' | 'left' | 'refused';

export type ModelRequestRecord = {
  readonly atMs: number;
  /** Results of tool calls that the turn had by then. */
  readonly pastCalls: number;
  readonly outcome: ModelOutcome;
  /** Names of the tools that the answer called. */
  readonly calls: readonly string[];
  readonly failure?: string;
};

/** A turn of a conversation in an API of models. The conversation is the client's: it sends all of it each time. */
export type ModelTurnRecord = {
  /** Session, place in the conversation and prompt in one. */
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
  /** What the client put next to the prompt of its own accord, such as the rules of a project. */
  readonly context: string;
  readonly scripted?: NonNullable<RunRecord['scripted']>;
  readonly createdAtMs: number;
  readonly requests: readonly ModelRequestRecord[];
};

// Next to the tables of `database.ts`, so that a home of an earlier version gets it too.
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

  /** Oldest first. */
  all(): readonly ModelTurnRecord[] {
    return this.#all.all().map((row) => decode(row.record));
  }
}

// The column is written only by this class, always from a ModelTurnRecord.
const decode = (column: unknown): ModelTurnRecord => JSON.parse(String(column)) as ModelTurnRecord;
