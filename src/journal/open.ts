import { accessSync, constants, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { backUpNow, backUpOnline } from './backups.ts';
import {
  connect,
  isAtLeast,
  MINIMUM_SQLITE_VERSION,
  makeDurable,
  sqliteVersion,
} from './database.ts';
import { diskTrouble } from './disk-trouble.ts';
import { journalFiles } from './files.ts';
import { sharedFilesystem } from './filesystem-check.ts';
import { BUFFER_LIMITS, type BufferLimits } from './frame-buffer.ts';
import { damageOf } from './integrity.ts';
import { SqliteJournal } from './journal.ts';
import { latestVersion, type Migration, migrate, schemaVersion } from './migrations.ts';
import { openFailures, troubleAsFailure } from './open-failures.ts';
import { takeLock } from './process-lock.ts';
import { finishRestore, restoreNewestBackup } from './recovery.ts';
import { MIGRATIONS } from './schema.ts';
import type { Schedule } from './trouble.ts';
import type { OpenFailure, OpenResult, Projection, Recovery } from './types.ts';

export type OpenOptions = {
  /** The home folder; made (0700) when it is missing. */
  readonly home: string;
  readonly projection: Projection;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once this process is the only writer; reading and checking a large journal takes its time after that. */
  readonly onLocked?: () => void;
  readonly schedule?: Schedule;
  readonly bufferLimits?: BufferLimits;
  /** For tests of the upgrade path. */
  readonly migrations?: readonly Migration[];
};

const scheduleWithTimer: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};

/** Carries an expected failure out of the nested steps of opening. */
class OpenRefused extends Error {
  readonly failure: OpenFailure;

  constructor(failure: OpenFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/**
 * Opens the journal of a home folder, making what is missing, and becomes its only writer until it is closed.
 * A damaged journal is replaced by its newest good backup; `recovered` says so, and Cursor has to be asked for
 * what came after it.
 */
export const openJournal = (options: OpenOptions): OpenResult => {
  const refused = prepareHome(options.home);
  if (refused !== null) return { ok: false, failure: refused };
  const files = journalFiles(options.home);
  const lock = takeLock(files.lock, files.daemon);
  if (!lock.ok) return lock;
  try {
    options.onLocked?.();
    const { database, recovered } = openDatabase(options);
    const journal = startJournal(options, database, lock.release);
    return recovered === null ? { ok: true, journal } : { ok: true, journal, recovered };
  } catch (error) {
    lock.release();
    const failure = error instanceof OpenRefused ? error.failure : asFailure(error, options.home);
    if (failure === null) throw error;
    return { ok: false, failure };
  }
};

const asFailure = (error: unknown, home: string): OpenFailure | null => {
  const trouble = diskTrouble(error);
  return trouble === null ? openFailures.ofFileError(error, home) : troubleAsFailure(trouble, home);
};

const prepareHome = (home: string): OpenFailure | null => {
  try {
    // Asked first, because SQLite and a recursive mkdir both call a read-only disk something else.
    accessSync(nearestExisting(home), constants.W_OK);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const kind = sharedFilesystem(realpathSync(home));
    return kind === null ? null : openFailures.networkFilesystem(home, kind);
  } catch (error) {
    const failure = openFailures.ofFileError(error, home);
    if (failure === null) throw error;
    return failure;
  }
};

const nearestExisting = (path: string): string => {
  const absolute = resolve(path);
  return existsSync(absolute) ? absolute : nearestExisting(dirname(absolute));
};

/** A sound, durable, up-to-date database; every failure closes it again. */
const openDatabase = (
  options: OpenOptions,
): { database: DatabaseSync; recovered: Recovery | null } => {
  finishRestore(options.home, options.now);
  const first = connectSound(options);
  if (first !== null) return { database: first, recovered: null };
  const recovered = restoreNewestBackup(options.home, options.now);
  if (recovered === null) throw new OpenRefused(openFailures.damaged(options.home));
  const database = connectSound(options);
  if (database === null) throw new OpenRefused(openFailures.damaged(options.home));
  return { database, recovered };
};

/** Connects, or returns null when the database is damaged (it is closed then). */
const connectSound = (options: OpenOptions): DatabaseSync | null => {
  const migrations = options.migrations ?? MIGRATIONS;
  const files = journalFiles(options.home);
  let database: DatabaseSync | null = null;
  try {
    database = connect(files.database);
    const sqlite = sqliteVersion(database);
    if (!isAtLeast(sqlite, MINIMUM_SQLITE_VERSION)) {
      throw new OpenRefused(openFailures.sqliteTooOld(sqlite));
    }
    if (damageOf(database) !== null) {
      database.close();
      return null;
    }
    const [found, known] = [schemaVersion(database), latestVersion(migrations)];
    if (found > known) throw new OpenRefused(openFailures.laterVersion(found, known));
    const missing = makeDurable(database);
    if (missing !== null) throw new OpenRefused(openFailures.notDurable(options.home, missing));
    if (found > 0 && found < known) backUpNow(database, files.backups, options.now);
    migrate(database, migrations, options.now);
    return database;
  } catch (error) {
    if (database?.isOpen) database.close();
    if (diskTrouble(error)?.code === 'damaged') return null;
    throw error;
  }
};

const startJournal = (
  options: OpenOptions,
  database: DatabaseSync,
  release: () => void,
): SqliteJournal => {
  const { now } = options;
  try {
    return new SqliteJournal({
      database,
      projection: options.projection,
      now,
      schedule: options.schedule ?? scheduleWithTimer,
      bufferLimits: options.bufferLimits ?? BUFFER_LIMITS,
      backUp: () => backUpOnline(database, journalFiles(options.home).backups, now),
      release,
    });
  } catch (error) {
    database.close();
    throw error;
  }
};
