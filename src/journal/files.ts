import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { syncFolder } from '../lib/sync-folder.ts';

/** The paths of the journal in the home folder. */
export const journalFiles = (home: string) => ({
  database: join(home, 'cerevisor-cloud-runs.db'),
  lock: join(home, 'lock.db'),
  daemon: join(home, 'daemon.json'),
  backups: join(home, 'backups'),
  /** A verified backup that is about to become the database. */
  restoring: join(home, 'cerevisor-cloud-runs.db.restoring'),
});

/** Flushes a file to disk. Never use it for an open database, because closing the file would release SQLite's locks. */
export const syncFile = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Renames a file, so that the new name survives a power failure. */
export const renameDurably = (from: string, to: string): void => {
  renameSync(from, to);
  syncFolder(dirname(to));
};
