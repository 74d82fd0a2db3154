import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { SessionState } from '../session/state.ts';
import { backUpOnline, backUpSync } from './backups.ts';
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
import { detectFormat, markFormat } from './format.ts';
import { findDamage } from './integrity.ts';
import { BUFFER_LIMITS, type BufferLimits } from './item-buffer.ts';
import { SqliteJournal } from './journal.ts';
import { latestVersion, type Migration, migrate } from './migrations.ts';
import { openFailures, toOpenFailure } from './open-failures.ts';
import { acquireLock } from './process-lock.ts';
import { finishRestore, moveAside, restoreNewestBackup } from './recovery.ts';
import { MIGRATIONS } from './schema.ts';
import type { Schedule } from './trouble.ts';
import type { OpenFailure, OpenResult, Projection, Recovery } from './types.ts';

export type OpenOptions<State = SessionState> = {
  /** The home folder; created with mode 0700 if it does not exist. */
  readonly home: string;
  readonly projection: Projection<State>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Called once this process is the only writer, before a large journal is read and checked. */
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
 * Opens the journal of a home folder, creates it if necessary, and becomes its only writer until it is closed. A journal
 * that is damaged, or missing or empty although there are valid backups, is replaced with the newest backup; then
 * `recovered` is set, and Cursor has to be asked for later events.
 */
export const openJournal = <State = SessionState>(
  options: OpenOptions<State>,
): OpenResult<State> => {
  const refused = prepareHome(options.home);
  if (refused !== null) return { ok: false, failure: refused };
  const files = journalFiles(options.home);
  const lock = acquireLock(files.lock, files.daemon);
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
  return trouble === null ? openFailures.ofFileError(error, home) : toOpenFailure(trouble, home);
};

const prepareHome = (home: string): OpenFailure | null => {
  try {
    // Checked first, because SQLite and a recursive mkdir report a read-only disk as a different error.
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

/** The options for opening the file, which do not depend on the projection. */
type FileOptions = Omit<OpenOptions<unknown>, 'projection'>;

/** Opens a valid, durable and up-to-date database. On failure, it is closed again. */
const openDatabase = (
  options: FileOptions,
): { database: DatabaseSync; recovered: Recovery | null } => {
  const { home, now } = options;
  const migrations = options.migrations ?? MIGRATIONS;
  finishRestore(home, now);
  const isMissing = !existsSync(journalFiles(home).database);
  // SQLite would delete a write-ahead log without a database, but it may contain the only remaining data.
  if (isMissing) moveAside(journalFiles(home).database, now());
  const first = connectChecked(options);
  if (first.kind === 'ours') return { database: prepareDatabase(options, first), recovered: null };
  if (first.kind === 'blank') first.database.close();
  const cause = first.kind === 'damaged' ? 'damaged' : isMissing ? 'missing' : 'empty';
  if (isMissing) rmSync(journalFiles(home).database, { force: true });
  const recovered = restoreNewestBackup(home, cause, now, migrations);
  const second = connectChecked(options);
  if (second.kind !== 'damaged') return { database: prepareDatabase(options, second), recovered };
  throw new OpenRefused(openFailures.damaged(home, second.reason));
};

type Connected =
  /** `blank`: it contains no events. */
  | { readonly kind: 'ours' | 'blank'; readonly database: DatabaseSync; readonly version: number }
  /** It has been closed. `reason`: why it is not a journal, although SQLite can read it. */
  | { readonly kind: 'damaged'; readonly reason: string | null };

const connectChecked = (options: FileOptions): Connected => {
  const migrations = options.migrations ?? MIGRATIONS;
  let database: DatabaseSync | null = null;
  try {
    database = connect(journalFiles(options.home).database);
    const sqlite = sqliteVersion(database);
    if (!isAtLeast(sqlite, MINIMUM_SQLITE_VERSION)) {
      throw new OpenRefused(openFailures.sqliteTooOld(sqlite));
    }
    const damage = findDamage(database);
    const format = damage === null ? detectFormat(database, migrations) : null;
    if (format?.kind === 'later') {
      const known = latestVersion(migrations);
      throw new OpenRefused(openFailures.laterVersion(format.version, known));
    }
    if (format === null || format.kind === 'foreign') {
      database.close();
      return { kind: 'damaged', reason: format?.reason ?? null };
    }
    if (format.kind === 'blank') return { kind: 'blank', database, version: 0 };
    const kind = format.hasEvents ? 'ours' : 'blank';
    return { kind, database, version: format.version };
  } catch (error) {
    if (database?.isOpen) database.close();
    if (diskTrouble(error)?.code === 'damaged') return { kind: 'damaged', reason: null };
    throw error;
  }
};

/** Makes a checked database durable and brings it to the latest version. */
const prepareDatabase = (
  options: FileOptions,
  { database, version }: Extract<Connected, { kind: 'ours' | 'blank' }>,
): DatabaseSync => {
  const migrations = options.migrations ?? MIGRATIONS;
  const known = latestVersion(migrations);
  try {
    const missing = makeDurable(database);
    if (missing !== null) throw new OpenRefused(openFailures.notDurable(options.home, missing));
    if (version > 0) markFormat(database, version);
    if (version > 0 && version < known) {
      backUpSync(database, journalFiles(options.home).backups, options.now, migrations);
    }
    migrate(database, migrations, options.now);
    markFormat(database, known);
    makePrivate(journalFiles(options.home).database);
    return database;
  } catch (error) {
    if (database.isOpen) database.close();
    throw error;
  }
};

/** Restricts access to the files, because the home folder may be readable by other users. */
const makePrivate = (database: string): void => {
  if (process.platform === 'win32') return;
  for (const path of [database, `${database}-wal`, `${database}-shm`]) {
    if (existsSync(path)) chmodSync(path, 0o600);
  }
};

const startJournal = <State>(
  options: OpenOptions<State>,
  database: DatabaseSync,
  release: () => void,
): SqliteJournal<State> => {
  const { now } = options;
  try {
    return new SqliteJournal({
      database,
      projection: options.projection,
      now,
      schedule: options.schedule ?? scheduleWithTimer,
      bufferLimits: options.bufferLimits ?? BUFFER_LIMITS,
      backUp: () =>
        backUpOnline(
          database,
          journalFiles(options.home).backups,
          now,
          options.migrations ?? MIGRATIONS,
        ),
      release,
    });
  } catch (error) {
    database.close();
    throw error;
  }
};
