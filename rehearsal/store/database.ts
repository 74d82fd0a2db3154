import { DatabaseSync } from 'node:sqlite';

const schema = `
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE agents (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, record TEXT NOT NULL
) STRICT;
CREATE TABLE runs (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, agent_id TEXT NOT NULL,
  is_live INTEGER NOT NULL, record TEXT NOT NULL, progress TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_agent ON runs (agent_id, seq);
CREATE INDEX live_runs ON runs (is_live) WHERE is_live = 1;
CREATE TABLE events (
  run INTEGER NOT NULL REFERENCES runs (seq), seq INTEGER NOT NULL,
  event_id TEXT, event TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_by_id ON events (event_id, run) WHERE event_id IS NOT NULL;
CREATE TABLE artifacts (
  agent_id TEXT NOT NULL, path TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (agent_id, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE pull_requests (
  number INTEGER PRIMARY KEY AUTOINCREMENT, agent_id TEXT NOT NULL, record TEXT NOT NULL
) STRICT;
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,
  agent_id TEXT, run_id TEXT, detail TEXT NOT NULL
) STRICT;
`;

const schemaVersion = 1;

/**
 * Opens the database of the rehearsal cloud, and creates it if it does not exist. Throws for an unknown schema version.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000',
  );
  const version = database.prepare('PRAGMA user_version').get()?.user_version;
  if (version === 0) {
    database.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } else if (version !== schemaVersion) {
    database.close();
    throw new Error(
      `The rehearsal state in ${file} has version ${version}, but this program supports ${schemaVersion}. ` +
        'Move the folder away or choose another one with --home.',
    );
  }
  return database;
}

/** Runs `work` in one transaction, which an exception rolls back. Nested calls join the outer transaction. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
