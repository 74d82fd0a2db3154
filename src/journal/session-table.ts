import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { SessionId } from '../session/ids.ts';
import { prepareQuery } from './database.ts';
import type { SessionQuery, SessionRow } from './types.ts';

type Columns = {
  readonly number: number;
  readonly id: SessionId;
  readonly workflow_id: string;
  readonly workflow_name: string;
  readonly mode: SessionRow['mode'];
  readonly status: string;
  readonly needs_you: number;
  readonly is_settled: number;
  readonly is_dismissed: number;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly search_text: string;
  readonly state: string;
};

export type ListedSession = SessionRow<unknown> & { readonly id: SessionId };

/** SQLite folds the case of ASCII alone, so both sides of a search are folded here. */
const fold = (text: string): string => text.toLowerCase();

const toRow = (columns: Columns): ListedSession => ({
  id: columns.id,
  state: JSON.parse(columns.state),
  workflowId: columns.workflow_id,
  workflowName: columns.workflow_name,
  mode: columns.mode,
  status: columns.status,
  needsYou: columns.needs_you === 1,
  isSettled: columns.is_settled === 1,
  isDismissed: columns.is_dismissed === 1,
  startedAt: columns.started_at,
  endedAt: columns.ended_at,
  searchText: columns.search_text,
});

const ORDERS = {
  newest: 'started_at DESC, number DESC',
  'needs-you-first': 'needs_you DESC, is_settled, started_at DESC, number DESC',
} as const;

/** The conditions of a query and their parameters. Every word of a search has to be found. */
const conditions = (query: SessionQuery): { where: string; parameters: SQLInputValue[] } => {
  const where: string[] = ['TRUE'];
  const parameters: SQLInputValue[] = [];
  if (!query.includeDismissed) where.push('is_dismissed = 0');
  if (query.mode !== undefined) {
    where.push(`mode IN (?, 'mixed')`);
    parameters.push(query.mode);
  }
  if (query.workflowId !== undefined) {
    where.push('workflow_id = ?');
    parameters.push(query.workflowId);
  }
  if (query.isSettled !== undefined) {
    where.push('is_settled = ?');
    parameters.push(query.isSettled ? 1 : 0);
  }
  if (query.statuses !== undefined) {
    where.push('status IN (SELECT value FROM json_each(?))');
    parameters.push(JSON.stringify(query.statuses));
  }
  for (const word of fold(query.search ?? '').split(/\s+/)) {
    if (word === '') continue;
    where.push('instr(search_text, ?) > 0');
    parameters.push(word);
  }
  return { where: where.join(' AND '), parameters };
};

/** The rows that lists are made of, one per session. */
export class SessionTable {
  readonly #database: DatabaseSync;
  readonly #upsert;
  readonly #upsertState;
  readonly #number;
  readonly #lastSeq;
  readonly #state;
  readonly #byPrefix;
  readonly #counts;
  readonly #otherVersions;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#upsert = prepareQuery<{ number: number }>(
      database,
      `INSERT INTO sessions (id, workflow_id, workflow_name, mode, status, needs_you, is_settled,
         is_dismissed, started_at, ended_at, search_text)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET workflow_id = excluded.workflow_id,
         workflow_name = excluded.workflow_name, mode = excluded.mode, status = excluded.status,
         needs_you = excluded.needs_you, is_settled = excluded.is_settled,
         is_dismissed = excluded.is_dismissed, started_at = excluded.started_at,
         ended_at = excluded.ended_at, search_text = excluded.search_text
       RETURNING number`,
    );
    this.#upsertState = database.prepare(
      `INSERT INTO session_states VALUES (?, ?, ?)
       ON CONFLICT (session) DO UPDATE SET version = excluded.version, state = excluded.state`,
    );
    this.#number = prepareQuery<{ number: number }>(
      database,
      'SELECT number FROM sessions WHERE id = ?',
    );
    this.#lastSeq = prepareQuery<{ seq: number | null }>(
      database,
      `SELECT max(seq) AS seq FROM (SELECT max(seq) AS seq FROM events WHERE session = ?1
         UNION ALL SELECT max(last_seq) FROM packs WHERE session = ?1)`,
    );
    this.#state = prepareQuery<{ state: string }>(
      database,
      'SELECT state FROM session_states WHERE session = ?',
    );
    this.#byPrefix = prepareQuery<{ id: SessionId }>(
      database,
      `SELECT id FROM sessions WHERE id >= ?1 AND id < ?1 || '~' ORDER BY id LIMIT ?2`,
    );
    this.#counts = prepareQuery<{ status: string; count: number }>(
      database,
      'SELECT status, count(*) AS count FROM sessions WHERE is_dismissed = 0 GROUP BY status',
    );
    this.#otherVersions = prepareQuery<{ id: SessionId }>(
      database,
      `SELECT id FROM sessions LEFT JOIN session_states ON session = number
       WHERE version IS NULL OR version <> ? ORDER BY number`,
    );
  }

  /** Writes a session's row and state; returns its number. */
  write(id: SessionId, row: SessionRow<unknown>, version: number): number {
    const written = this.#upsert.get(
      id,
      row.workflowId,
      row.workflowName,
      row.mode,
      row.status,
      row.needsYou ? 1 : 0,
      row.isSettled ? 1 : 0,
      row.isDismissed ? 1 : 0,
      row.startedAt,
      row.endedAt,
      fold(row.searchText),
    );
    if (written === undefined) throw new Error(`Session ${id} got no number`);
    this.#upsertState.run(written.number, version, JSON.stringify(row.state));
    return written.number;
  }

  /** The number of a session and its last `seq`, or null when it is unknown. */
  find(id: SessionId): { number: number; lastSeq: number } | null {
    const found = this.#number.get(id);
    if (found === undefined) return null;
    return { number: found.number, lastSeq: this.#lastSeq.get(found.number)?.seq ?? 0 };
  }

  state(number: number): unknown {
    const row = this.#state.get(number);
    return row === undefined ? undefined : JSON.parse(row.state);
  }

  list(query: SessionQuery): { rows: readonly ListedSession[]; total: number } {
    const { where, parameters } = conditions(query);
    const order = ORDERS[query.order ?? 'newest'];
    const rows = prepareQuery<Columns>(
      this.#database,
      // The page is found by number first: sorting whole rows would drag their long texts along.
      `SELECT sessions.*, state
       FROM (SELECT number FROM sessions WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?)
       JOIN sessions USING (number) JOIN session_states ON session = number ORDER BY ${order}`,
    ).all(...parameters, query.limit, query.offset ?? 0);
    const counted = prepareQuery<{ total: number }>(
      this.#database,
      `SELECT count(*) AS total FROM sessions WHERE ${where}`,
    ).get(...parameters);
    return { rows: rows.map(toRow), total: counted?.total ?? 0 };
  }

  /** Reads no states: a great many of them are long. */
  ids(query: Omit<SessionQuery, 'limit' | 'offset'>): readonly SessionId[] {
    const { where, parameters } = conditions({ ...query, limit: 0 });
    const order = ORDERS[query.order ?? 'newest'];
    return prepareQuery<{ id: SessionId }>(
      this.#database,
      `SELECT id FROM sessions WHERE ${where} ORDER BY ${order}`,
    )
      .all(...parameters)
      .map(({ id }) => id);
  }

  countByStatus(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts.all().map(({ status, count }) => [status, count]));
  }

  findByPrefix(prefix: string, limit: number): readonly SessionId[] {
    const start = prefix.startsWith('s_') ? prefix : `s_${prefix}`;
    return this.#byPrefix.all(start, limit).map(({ id }) => id);
  }

  /** Sessions whose stored state is of another version than this one. */
  ofOtherVersion(version: number): readonly SessionId[] {
    return this.#otherVersions.all(version).map(({ id }) => id);
  }
}
