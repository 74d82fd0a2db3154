import { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from './database.ts';
import { diskTrouble } from './disk-trouble.ts';

/** What is wrong with an open database, or null when it is sound. */
export const damageOf = (database: DatabaseSync): string | null => {
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

/**
 * Checks a copy that nobody else has open, and makes it one plain file without a write-ahead log.
 * @returns what is wrong with it, or null.
 */
export const damageOfCopy = (path: string): string | null => {
  try {
    const database = new DatabaseSync(path);
    try {
      const damage = damageOf(database);
      if (damage === null) database.exec('PRAGMA journal_mode = DELETE');
      return damage;
    } finally {
      database.close();
    }
  } catch (error) {
    const trouble = diskTrouble(error);
    if (trouble?.code !== 'damaged') throw error;
    return trouble.message;
  }
};
