import type { DatabaseSync } from 'node:sqlite';
import type { SessionId, TurnId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import type { ItemSource } from './event-codec.ts';
import type { StreamCursor } from './types.ts';

/** What is known of one run's stream. Changed in memory while a batch is written, stored once per commit. */
export type Stream = {
  readonly number: number;
  /** Some of its items are in packs. */
  readonly hasPacks: boolean;
  /** An earlier version kept frames of it. */
  readonly hasFrames: boolean;
  cursor: string | null;
  lastHeartbeatAt: number | null;
};

type Columns = Omit<Stream, 'hasPacks' | 'hasFrames'> & {
  readonly hasPacks: number;
  readonly hasFrames: number;
  readonly session_id: SessionId;
  readonly agent_id: AgentId;
  readonly attempt: number;
};

const MAXIMUM_CACHED = 1000;

/** Cursors and last signs of life, one row per run of a Cursor agent. */
export class StreamTable {
  readonly #cache = new Map<TurnId, Stream>();
  readonly #insert;
  readonly #find;
  readonly #update;
  readonly #read;
  readonly #heartbeat;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      `INSERT INTO streams (run_id, session, agent_id, attempt) VALUES (?, ?, ?, ?)
       ON CONFLICT (run_id) DO NOTHING`,
    );
    this.#find = prepareQuery<Columns>(
      database,
      `SELECT streams.number AS number, cursor, last_sign_at AS lastHeartbeatAt,
         id AS session_id, agent_id, attempt,
         EXISTS (SELECT 1 FROM packs WHERE stream = streams.number) AS hasPacks,
         EXISTS (SELECT 1 FROM events WHERE stream = streams.number AND type = 'StreamEvent'
             AND event_id IS NOT NULL)
           OR EXISTS (SELECT 1 FROM packs WHERE stream = streams.number AND type = 'StreamEvent')
           AS hasFrames
       FROM streams JOIN sessions ON session = sessions.number WHERE run_id = ?`,
    );
    this.#update = database.prepare(
      'UPDATE streams SET cursor = ?, last_sign_at = ? WHERE number = ?',
    );
    this.#read = database.prepare('UPDATE streams SET is_read = 1, is_packed = 0 WHERE run_id = ?');
    this.#heartbeat = database.prepare(
      'UPDATE streams SET last_sign_at = max(coalesce(last_sign_at, 0), ?) WHERE run_id = ?',
    );
  }

  /** Makes a run known, so that signs of life can be noted before its first item. */
  register(session: number, source: ItemSource): void {
    this.#insert.run(source.turnId, session, source.agentId, source.attempt);
  }

  /** The stream of a run, made known when it is new. */
  open(session: number, source: ItemSource): Stream {
    const cached = this.#cache.get(source.turnId);
    if (cached !== undefined) return cached;
    this.register(session, source);
    const found = this.#find.get(source.turnId);
    if (found === undefined) throw new Error(`Run ${source.turnId} got no number`);
    const { number, cursor, lastHeartbeatAt } = found;
    const hasPacks = found.hasPacks === 1;
    const stream = { number, cursor, lastHeartbeatAt, hasPacks, hasFrames: found.hasFrames === 1 };
    if (this.#cache.size >= MAXIMUM_CACHED) this.#cache.clear();
    this.#cache.set(source.turnId, stream);
    return stream;
  }

  write(stream: Stream): void {
    this.#update.run(stream.cursor, stream.lastHeartbeatAt, stream.number);
  }

  /** The reading of a run is complete: its items can be packed, those of an earlier reading included. */
  markRead(run: TurnId): void {
    this.#read.run(run);
  }

  recordHeartbeat(run: TurnId, at: number): void {
    this.#heartbeat.run(at, run);
    const cached = this.#cache.get(run);
    if (cached !== undefined) cached.lastHeartbeatAt = Math.max(cached.lastHeartbeatAt ?? 0, at);
  }

  cursor(run: TurnId): StreamCursor | null {
    const found = this.#find.get(run);
    if (found === undefined) return null;
    return {
      sessionId: found.session_id,
      agentId: found.agent_id,
      attempt: found.attempt,
      turnId: run,
      cursor: found.cursor,
      lastHeartbeatAt: found.lastHeartbeatAt,
    };
  }

  /** After a rollback: what is in memory may never have been stored. */
  clearCache(): void {
    this.#cache.clear();
  }
}
