import type { DatabaseSync } from 'node:sqlite';
import type { SessionId, TurnId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import type { AttemptRow } from './types.ts';

type Columns = {
  readonly session_id: SessionId;
  readonly agent_id: AgentId;
  readonly attempt: number;
  readonly cursor_agent_id: string;
  readonly latest_run_id: TurnId | null;
  readonly is_live: number;
  readonly place: AttemptRow['location'];
};

const SELECT = `SELECT id AS session_id, agent_id, attempt, cursor_agent_id, latest_run_id, is_live, place
  FROM cloud_runs JOIN sessions ON session = number`;

const toRow = (columns: Columns): AttemptRow => ({
  sessionId: columns.session_id,
  agentId: columns.agent_id,
  attempt: columns.attempt,
  threadId: columns.cursor_agent_id,
  latestTurnId: columns.latest_run_id,
  location: columns.place,
  isLive: columns.is_live === 1,
});

/** Attempts with their threads and locations. The table is called `cloud_runs`, because at first all attempts were in the cloud. */
export class AttemptTable {
  readonly #upsert;
  readonly #clear;
  readonly #countLive;
  readonly #live;
  readonly #byThread;

  constructor(database: DatabaseSync) {
    this.#upsert = database.prepare(
      `INSERT INTO cloud_runs (session, agent_id, attempt, cursor_agent_id, latest_run_id, is_live, place)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session, agent_id, attempt) DO UPDATE SET cursor_agent_id = excluded.cursor_agent_id,
         latest_run_id = excluded.latest_run_id, is_live = excluded.is_live,
         place = excluded.place
       WHERE is_live <> excluded.is_live OR latest_run_id IS NOT excluded.latest_run_id
         OR cursor_agent_id <> excluded.cursor_agent_id OR place <> excluded.place`,
    );
    this.#clear = database.prepare('DELETE FROM cloud_runs WHERE session = ?');
    this.#countLive = prepareQuery<{ count: number }>(
      database,
      'SELECT count(*) AS count FROM cloud_runs WHERE is_live = 1 AND place = ?',
    );
    this.#live = prepareQuery<Columns>(
      database,
      `${SELECT} WHERE is_live = 1 AND place = coalesce(?, place) ORDER BY number, agent_id, attempt`,
    );
    this.#byThread = prepareQuery<Columns>(
      database,
      `${SELECT} WHERE cursor_agent_id = ? ORDER BY attempt DESC LIMIT 1`,
    );
  }

  write(session: number, runs: readonly AttemptRow[]): void {
    for (const run of runs) {
      this.#upsert.run(
        session,
        run.agentId,
        run.attempt,
        run.threadId,
        run.latestTurnId,
        run.isLive ? 1 : 0,
        run.location,
      );
    }
  }

  /** Deletes the rows of a session before it is folded again. */
  clear(session: number): void {
    this.#clear.run(session);
  }

  countLive(location: AttemptRow['location']): number {
    return this.#countLive.get(location)?.count ?? 0;
  }

  live(location?: AttemptRow['location']): readonly AttemptRow[] {
    return this.#live.all(location ?? null).map(toRow);
  }

  byThread(threadId: string): AttemptRow | null {
    const row = this.#byThread.get(threadId);
    return row === undefined ? null : toRow(row);
  }
}
