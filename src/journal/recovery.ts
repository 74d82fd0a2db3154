import { constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { listBackups } from './backups.ts';
import { journalFiles, renameDurably, syncFile } from './files.ts';
import { damageOfCopy } from './integrity.ts';
import type { Recovery } from './types.ts';

const SIDE_FILES = ['-wal', '-shm'];

/** Moves a closed database and its side files to a free name; returns that name. */
const moveAside = (database: string, at: number): string => {
  const target = `${database}.damaged-${new Date(at).toISOString().replace(/[:.]/g, '-')}`;
  // The database goes first: without its write-ahead log it might look sound and lack its newest rows.
  for (const suffix of ['', ...SIDE_FILES]) {
    if (existsSync(database + suffix)) renameDurably(database + suffix, target + suffix);
  }
  return target;
};

/** Finishes a restore that a crash cut off between moving the damaged database and putting the copy in its place. */
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
 * Puts the newest sound backup in the place of a damaged, closed database, which is kept under another name.
 * @returns null when there is no sound backup; then nothing was touched.
 */
export const restoreNewestBackup = (home: string, now: () => number): Recovery | null => {
  const { backups, database, restoring } = journalFiles(home);
  for (const { path, takenAt } of listBackups(backups)) {
    rmSync(restoring, { force: true });
    copyFileSync(path, restoring, constants.COPYFILE_FICLONE);
    if (damageOfCopy(restoring) !== null) {
      rmSync(restoring);
      continue;
    }
    syncFile(restoring);
    const movedTo = moveAside(database, now());
    renameDurably(restoring, database);
    return { movedTo, restoredFrom: path, backupTakenAt: takenAt };
  }
  return null;
};
