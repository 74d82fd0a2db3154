import type { DatabaseSync } from 'node:sqlite';
import { createTransaction, readPragma } from './database.ts';

export type Migration = { readonly id: number; readonly name: string; readonly sql: string };

/** The schema version of a database: the id of the last migration that it went through, 0 when it is new. */
export const schemaVersion = (database: DatabaseSync): number =>
  Number(readPragma(database, 'user_version'));

/** The version that these migrations lead to. */
export const latestVersion = (migrations: readonly Migration[]): number =>
  migrations.at(-1)?.id ?? 0;

/**
 * Brings a database to the latest version, one transaction per migration, so that a crash leaves a whole version.
 * @throws when the ids are not 1, 2, 3, ...: colliding ids would skip a migration silently.
 */
export const migrate = (
  database: DatabaseSync,
  migrations: readonly Migration[],
  now: () => number,
): void => {
  for (const [index, { id, name }] of migrations.entries()) {
    if (id !== index + 1)
      throw new Error(`Migration "${name}" has id ${id}, expected ${index + 1}`);
  }
  const transaction = createTransaction(database);
  const current = schemaVersion(database);
  for (const { id, name, sql } of migrations.slice(current)) {
    transaction(() => {
      database.exec(`
        CREATE TABLE IF NOT EXISTS migrations (
          id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL
        ) STRICT;
        ${sql};
        PRAGMA user_version = ${id};
      `);
      // The table may claim one that did not go through.
      database.prepare('INSERT OR REPLACE INTO migrations VALUES (?, ?, ?)').run(id, name, now());
    });
  }
};
