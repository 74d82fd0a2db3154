import type { DatabaseSync } from 'node:sqlite';
import type { SessionId, TurnId } from '../session/ids.ts';
import type { AgentId } from '../workflow/ids.ts';
import { prepareQuery } from './database.ts';
import type { CloudRunRow } from './types.ts';

type Columns = {
  readonly session_id: SessionId;
  readonly agent_id: AgentId;
  readonly attempt: number;
  readonly cursor_agent_id: string;
  readonly latest_run_id: TurnId | null;
  readonly is_live: number;
};

const SELECT = `SELECT id AS session_id, agent_id, attempt, cursor_agent_id, latest_run_id, is_live
  FROM cloud_runs JOIN sessions ON session = number`;

const toRow = (columns: Columns): CloudRunRow => ({
  sessionId: columns.session_id,
  agentId: columns.agent_id,
  attempt: columns.attempt,
  threadId: columns.cursor_agent_id,
  latestTurnId: columns.latest_run_id,
  isLive: columns.is_live === 1,
});

/** The cloud run records: which attempts are on Cursor's cloud, and which count against the limit. */
export class CloudRunTable {
  readonly #upsert;
  readonly #clear;
  readonly #countLive;
  readonly #live;
  readonly #byThread;

  constructor(database: DatabaseSync) {
    this.#upsert = database.prepare(
      `INSERT INTO cloud_runs VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (session, agent_id, attempt) DO UPDATE SET cursor_agent_id = excluded.cursor_agent_id,
         latest_run_id = excluded.latest_run_id, is_live = excluded.is_live
       WHERE is_live <> excluded.is_live OR latest_run_id IS NOT excluded.latest_run_id
         OR cursor_agent_id <> excluded.cursor_agent_id`,
    );
    this.#clear = database.prepare('DELETE FROM cloud_runs WHERE session = ?');
    this.#countLive = prepareQuery<{ count: number }>(
      database,
      'SELECT count(*) AS count FROM cloud_runs WHERE is_live = 1',
    );
    this.#live = prepareQuery<Columns>(
      database,
      `${SELECT} WHERE is_live = 1 ORDER BY number, agent_id, attempt`,
    );
    this.#byThread = prepareQuery<Columns>(
      database,
      `${SELECT} WHERE cursor_agent_id = ? ORDER BY attempt DESC LIMIT 1`,
    );
  }

  write(session: number, runs: readonly CloudRunRow[]): void {
    for (const run of runs) {
      this.#upsert.run(
        session,
        run.agentId,
        run.attempt,
        run.threadId,
        run.latestTurnId,
        run.isLive ? 1 : 0,
      );
    }
  }

  /** Forgets the records of a session that is folded afresh. */
  clear(session: number): void {
    this.#clear.run(session);
  }

  countLive(): number {
    return this.#countLive.get()?.count ?? 0;
  }

  live(): readonly CloudRunRow[] {
    return this.#live.all().map(toRow);
  }

  byThread(threadId: string): CloudRunRow | null {
    const found = this.#byThread.get(threadId);
    return found === undefined ? null : toRow(found);
  }
}
