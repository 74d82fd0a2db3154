import { accessSync, constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { listBackups } from './backups.ts';
import { journalFiles, renameDurably, syncFile } from './files.ts';
import { checkCopy } from './integrity.ts';
import type { Migration } from './migrations.ts';
import type { Recovery } from './types.ts';

const SIDE_FILES = ['-wal', '-shm'];

/** Moves a closed database and its side files to a free name; returns that name, or null when there was nothing. */
export const moveAside = (database: string, at: number): string | null => {
  const target = `${database}.damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}`;
  // The database goes first: without its write-ahead log it might look sound and lack its newest rows.
  const present = ['', ...SIDE_FILES].filter((suffix) => existsSync(database + suffix));
  for (const suffix of present) renameDurably(database + suffix, target + suffix);
  return present.length === 0 ? null : target;
};

/** Finishes a restore that a crash cut off between moving the damaged database and putting the copy instead. */
export const finishRestore = (home: string, now: () => number): void => {
  const { database, restoring } = journalFiles(home);
  if (!existsSync(restoring)) return;
  if (existsSync(database)) {
    // The crash came before the damaged one was moved: the check will find it again.
    rmSync(restoring);
    return;
  }
  moveAside(database, now());
  renameDurably(restoring, database);
};

/**
 * Puts the newest valid backup instead of a closed database, which is kept under another name. A database that
 * is only missing or empty gives way to a backup that holds something, never to an empty one.
 * @returns null when there is no such backup; then nothing was touched.
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
    return false; // An older one may be.
  }
};
