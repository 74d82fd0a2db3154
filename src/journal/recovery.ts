import { accessSync, constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { listBackups } from './backups.ts';
import { journalFiles, renameDurably, syncFile } from './files.ts';
import { checkCopy } from './integrity.ts';
import type { Migration } from './migrations.ts';
import type { Recovery } from './types.ts';

const SIDE_FILES = ['-wal', '-shm'];

/** Renames a closed database and its side files. Returns the new name, or null if there were no files. */
export const moveAside = (database: string, at: number): string | null => {
  const target = `${database}.damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}`;
  // The database goes first: without its write-ahead log it might look sound and lack its newest rows.
  const present = ['', ...SIDE_FILES].filter((suffix) => existsSync(database + suffix));
  for (const suffix of present) renameDurably(database + suffix, target + suffix);
  return present.length === 0 ? null : target;
};

/** Completes a restore that a crash interrupted after the damaged database was moved. */
export const finishRestore = (home: string, now: () => number): void => {
  const { database, restoring } = journalFiles(home);
  if (!existsSync(restoring)) return;
  if (existsSync(database)) {
    // The damaged database has not been moved yet; the check will detect it again.
    rmSync(restoring);
    return;
  }
  moveAside(database, now());
  renameDurably(restoring, database);
};

/**
 * Replaces a closed database with the newest valid backup, and keeps the database under another name. If it is only
 * missing or empty, backups without events are ignored.
 * @returns null if there is no such backup; then nothing was changed
 */
export const restoreNewestBackup = (
  home: string,
  cause: Recovery['cause'],
  now: () => number,
  migrations: readonly Migration[],
): Recovery | null => {
  const { backups, database, restoring } = journalFiles(home);
  for (const { path, takenAt } of listBackups(backups)) {
    if (!isReadable(path)) continue;
    rmSync(restoring, { force: true });
    copyFileSync(path, restoring, constants.COPYFILE_FICLONE);
    const check = checkCopy(restoring, migrations);
    if (!check.ok || (cause !== 'damaged' && !check.hasEvents)) {
      rmSync(restoring);
      continue;
    }
    syncFile(restoring);
    const movedTo = moveAside(database, now());
    renameDurably(restoring, database);
    return { cause, movedTo, restoredFrom: path, backupTakenAt: takenAt };
  }
  return null;
};

const isReadable = (path: string): boolean => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false; // An older backup may be readable.
  }
};
