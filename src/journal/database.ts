import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** SQLite 3.7.0 to 3.51.2 can corrupt a WAL database (https://sqlite.org/wal.html#walresetbug). */
export const MINIMUM_SQLITE_VERSION = '3.51.3';

/** A prepared statement whose rows have the columns of its SELECT. */
export type Query<Row> = {
  get(...parameters: SQLInputValue[]): Row | undefined;
  all(...parameters: SQLInputValue[]): Row[];
  iterate(...parameters: SQLInputValue[]): IterableIterator<Row>;
};

/** Prepares a query. The caller guarantees that `Row` matches the selected columns. */
export const prepareQuery = <Row>(database: DatabaseSync, sql: string): Query<Row> =>
  // The columns are known only at run time; `Row` is declared next to its SQL.
  database.prepare(sql) as unknown as Query<Row>;

/** Runs a pragma and returns its value. */
export const readPragma = (database: DatabaseSync, name: string): unknown => {
  const row: Record<string, unknown> | undefined = database.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? undefined : Object.values(row)[0];
};

export const sqliteVersion = (database: DatabaseSync): string =>
  prepareQuery<{ version: string }>(database, 'SELECT sqlite_version() AS version').get()
    ?.version ?? '0';

/** True when a dotted version is at least another one. */
export const isAtLeast = (version: string, minimum: string): boolean => {
  const parts = version.split('.').map(Number);
  for (const [index, required] of minimum.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== required) return part > required;
  }
  return true;
};

export const connect = (path: string): DatabaseSync =>
  new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });

/**
 * Sets the durability pragmas and verifies them, because an acknowledged append must survive a power failure.
 * @returns the setting that is not supported, or null
 */
export const makeDurable = (database: DatabaseSync): 'wal' | 'synchronous' | null => {
  if (readPragma(database, 'journal_mode = WAL') !== 'wal') return 'wal';
  database.exec(`
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = 1;            -- macOS: a plain fsync does not reach the platter
    PRAGMA checkpoint_fullfsync = 1;
    PRAGMA wal_autocheckpoint = 1000;
    PRAGMA mmap_size = 0;            -- one corruption report pairs the WAL-reset bug with mmap
  `);
  return readPragma(database, 'synchronous') === 2 ? null : 'synchronous';
};

/** Runs a body in one IMMEDIATE transaction. The body is synchronous, so that nothing can run in between. */
export type Transaction = <Result>(body: () => Result) => Result;

export const createTransaction = (database: DatabaseSync): Transaction => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  return (body) => {
    // The rollback of an earlier transaction may have failed.
    if (database.isTransaction) rollback.run();
    begin.run();
    try {
      const result = body();
      commit.run();
      return result;
    } catch (error) {
      // After some errors (full disk, I/O), SQLite has already rolled back.
      if (database.isTransaction) rollback.run();
      throw error;
    }
  };
};
