import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import { syncFolder } from '../lib/sync-folder.ts';
import { syncFile } from './files.ts';
import { checkCopy } from './integrity.ts';
import type { Migration } from './migrations.ts';

const MAX_BACKUPS = 3;
const NAME = /^cerevisor-cloud-runs-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z)\.db$/;

export type Backup = { readonly path: string; readonly takenAt: number };

const nameAt = (at: number): string =>
  `cerevisor-cloud-runs-${new Date(at).toISOString().replace(/[:.]/g, '-')}.db`;

/** Parses `2026-11-22T10-20-30-400Z` from a file name. */
const instantOf = (stamp: string): number =>
  Date.parse(stamp.replace(/T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z/, 'T$1:$2:$3.$4Z'));

/** The backups in a folder, newest first. Only regular files count, no folders or dangling links. */
export const listBackups = (folder: string): readonly Backup[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const stamp = NAME.exec(name)?.[1];
      const path = join(folder, name);
      return stamp === undefined || !isFile(path) ? [] : [{ path, takenAt: instantOf(stamp) }];
    })
    .sort((left, right) => right.takenAt - left.takenAt);
};

const isFile = (path: string): boolean => {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // It cannot be accessed.
  }
};

/** Verifies a copy, gives it its final name, and deletes the oldest backups. Returns its path. */
const finishBackup = (
  folder: string,
  part: string,
  at: number,
  migrations: readonly Migration[],
): string => {
  const check = checkCopy(part, migrations);
  if (!check.ok) {
    rmSync(part);
    throw new Error(`The backup is not valid (${check.damage}); the earlier ones are kept`);
  }
  syncFile(part);
  const path = join(folder, nameAt(at));
  renameSync(part, path);
  for (const { path: old } of listBackups(folder).slice(MAX_BACKUPS)) rmSync(old);
  syncFolder(folder);
  return path;
};

/** The temporary path of a new copy. Deletes incomplete copies of earlier attempts. */
const prepareTemporaryCopy = (folder: string, at: number): string => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) {
    if (/\.part(-journal)?$/.test(name)) rmSync(join(folder, name), { recursive: true });
  }
  return join(folder, `${nameAt(at)}.part`);
};

/** Backs up the journal while it is in use, verifies the copy, and keeps the newest three backups. */
export const backUpOnline = async (
  database: DatabaseSync,
  folder: string,
  now: () => number,
  migrations: readonly Migration[],
): Promise<string> => {
  const at = now();
  const part = prepareTemporaryCopy(folder, at);
  await backup(database, part, { rate: 500 });
  return finishBackup(folder, part, at, migrations);
};

/** The same synchronously, for use before a migration. */
export const backUpSync = (
  database: DatabaseSync,
  folder: string,
  now: () => number,
  migrations: readonly Migration[],
): string => {
  const at = now();
  const part = prepareTemporaryCopy(folder, at);
  database.prepare('VACUUM INTO ?').run(part);
  return finishBackup(folder, part, at, migrations);
};
