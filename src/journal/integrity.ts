import { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from './database.ts';
import { diskTrouble } from './disk-trouble.ts';
import { detectFormat, type Format } from './format.ts';
import type { Migration } from './migrations.ts';

/** A description of the damage of an open database; null if it is valid. */
export const findDamage = (database: DatabaseSync): string | null => {
  try {
    const findings = prepareQuery<{ quick_check: string }>(database, 'PRAGMA quick_check(5)').all();
    const text = findings.map((row) => row.quick_check).join('; ');
    return text === 'ok' ? null : text;
  } catch (error) {
    const trouble = diskTrouble(error);
    if (trouble?.code !== 'damaged') throw error;
    return trouble.message;
  }
};

export type CopyCheck =
  | { readonly ok: true; readonly hasEvents: boolean }
  | { readonly ok: false; readonly damage: string };

/**
 * Verifies a copy that no other process has open, and converts it to a single file without a write-ahead log. It is valid
 * if SQLite finds no damage and it is a journal that this version can read.
 */
export const checkCopy = (path: string, migrations: readonly Migration[]): CopyCheck => {
  try {
    const database = new DatabaseSync(path);
    try {
      const damage = findDamage(database);
      if (damage !== null) return { ok: false, damage };
      const format = detectFormat(database, migrations);
      if (format.kind !== 'ours') return { ok: false, damage: describeFormat(format) };
      database.exec('PRAGMA journal_mode = DELETE');
      return { ok: true, hasEvents: format.hasEvents };
    } finally {
      database.close();
    }
  } catch (error) {
    const trouble = diskTrouble(error);
    if (trouble?.code !== 'damaged') throw error;
    return { ok: false, damage: trouble.message };
  }
};

const describeFormat = (format: Exclude<Format, { kind: 'ours' }>): string => {
  switch (format.kind) {
    case 'blank':
      return 'it is empty';
    case 'later':
      return `it has format ${format.version}, which is from a later version`;
    case 'foreign':
      return format.reason;
    default:
      return format satisfies never;
  }
};
