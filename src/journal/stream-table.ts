import type { DatabaseSync } from 'node:sqlite';
import type { CursorRunId, SessionId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import type { FrameSource } from './event-codec.ts';
import type { StreamCursor } from './types.ts';

/** What is known of one run's stream. Changed in memory while a batch is written, stored once per commit. */
export type Stream = {
  readonly number: number;
  cursor: string | null;
  lastSignAt: number | null;
  /** Data of the last status frame: it has no id, and every connect repeats it. */
  lastStatus: string | null;
};

type Columns = Stream & {
  readonly session_id: SessionId;
  readonly agent_id: AgentId;
  readonly attempt: number;
};

const MAXIMUM_CACHED = 1000;

/** Cursors and last signs of life, one row per run of a Cursor agent. */
export class StreamTable {
  readonly #cache = new Map<CursorRunId, Stream>();
  readonly #insert;
  readonly #find;
  readonly #update;
  readonly #sign;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO streams (run_id, session, agent_id, attempt) VALUES (?, ?, ?, ?)
       ON CONFLICT (run_id) DO NOTHING`,
    );
    this.#find = prepareQuery<Columns>(
      database,
      `SELECT streams.number AS number, cursor, last_sign_at AS lastSignAt, last_status AS lastStatus,
         id AS session_id, agent_id, attempt
       FROM streams JOIN sessions ON session = sessions.number WHERE run_id = ?`,
    );
    this.#update = database.prepare(
      'UPDATE streams SET cursor = ?, last_sign_at = ?, last_status = ? WHERE number = ?',
    );
    this.#sign = database.prepare(
      'UPDATE streams SET last_sign_at = max(coalesce(last_sign_at, 0), ?) WHERE run_id = ?',
    );
  }

  /** Makes a run known, so that signs of life can be noted before its first frame. */
  register(session: number, source: FrameSource): void {
    this.#insert.run(source.cursorRunId, session, source.agentId, source.attempt);
  }

  /** The stream of a run, made known when it is new. */
  open(session: number, source: FrameSource): Stream {
    const cached = this.#cache.get(source.cursorRunId);
    if (cached !== undefined) return cached;
    this.register(session, source);
    const found = this.#find.get(source.cursorRunId);
    if (found === undefined) throw new Error(`Run ${source.cursorRunId} got no number`);
    const { number, cursor, lastSignAt, lastStatus } = found;
    const stream = { number, cursor, lastSignAt, lastStatus };
    if (this.#cache.size >= MAXIMUM_CACHED) this.#cache.clear();
    this.#cache.set(source.cursorRunId, stream);
    return stream;
  }

  write(stream: Stream): void {
    this.#update.run(stream.cursor, stream.lastSignAt, stream.lastStatus, stream.number);
  }

  noteSign(run: CursorRunId, at: number): void {
    this.#sign.run(at, run);
    const cached = this.#cache.get(run);
    if (cached !== undefined) cached.lastSignAt = Math.max(cached.lastSignAt ?? 0, at);
  }

  cursor(run: CursorRunId): StreamCursor | null {
    const found = this.#find.get(run);
    if (found === undefined) return null;
    return {
      sessionId: found.session_id,
      agentId: found.agent_id,
      attempt: found.attempt,
      cursorRunId: run,
      cursor: found.cursor,
      lastSignAt: found.lastSignAt,
    };
  }

  /** After a rollback: what is in memory may never have been stored. */
  forget(): void {
    this.#cache.clear();
  }
}
