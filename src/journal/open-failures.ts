import { MINIMUM_SQLITE_VERSION } from './database.ts';
import type { JournalTrouble, OpenFailure } from './types.ts';

const ANOTHER_HOME = 'set CEREVISOR_HOME to a folder on a local disk';

/** Disk errors while opening: the same codes, with advice for someone who cannot start. */
export const toOpenFailure = (trouble: JournalTrouble, home: string): OpenFailure => {
  const suggestions: Readonly<Record<JournalTrouble['code'], string>> = {
    disk_full: `Free some space on the disk of ${home} and start again.`,
    read_only: `Make ${home} writable for your user, or ${ANOTHER_HOME}.`,
    damaged: `Keep a copy of ${home} and run \`cerevisor doctor\`.`,
    io_error: `Check the disk of ${home} and the programs that have its files open, or ${ANOTHER_HOME}.`,
  };
  return {
    code: trouble.code,
    message: trouble.message,
    suggestion: suggestions[trouble.code],
  };
};

const FILE_ERRORS: Readonly<Record<string, { code: OpenFailure['code']; what: string }>> = {
  EACCES: { code: 'read_only', what: 'is not writable by your user' },
  EPERM: { code: 'read_only', what: 'is not writable by your user' },
  EROFS: { code: 'read_only', what: 'is on a read-only disk' },
  ENOSPC: { code: 'disk_full', what: 'is on a full disk' },
  EDQUOT: { code: 'disk_full', what: 'has used up its disk quota' },
  EEXIST: { code: 'io_error', what: 'is a file, not a folder' },
  ENOTDIR: { code: 'io_error', what: 'is a file, or is below a file' },
  EIO: { code: 'io_error', what: 'is on a disk that reports errors' },
};

const UNKNOWN_FILE_ERROR = { code: 'io_error', what: 'cannot be used' } as const;

/** Why opening is refused, in words that say what to do next. */
export const openFailures = {
  networkFilesystem: (home: string, kind: string): OpenFailure => ({
    code: 'network_filesystem',
    message: `${home} is on a network or shared file system (${kind}), where the journal could be damaged.`,
    suggestion: `Move it to a local disk and ${ANOTHER_HOME}.`,
  }),

  notDurable: (home: string, missing: 'wal' | 'synchronous'): OpenFailure =>
    missing === 'wal'
      ? {
          code: 'network_filesystem',
          message: `The file system of ${home} does not support a write-ahead log; this is typical of network folders.`,
          suggestion: `Move it to a local disk and ${ANOTHER_HOME}.`,
        }
      : {
          code: 'io_error',
          message: 'This SQLite does not guarantee that every commit reaches the disk.',
          suggestion: 'Run Cerevisor with the version of Node.js that it installs.',
        },

  sqliteTooOld: (found: string): OpenFailure => ({
    code: 'sqlite_too_old',
    message: `This version of Node.js contains SQLite ${found}; versions before ${MINIMUM_SQLITE_VERSION} can damage a journal.`,
    suggestion: 'Run Cerevisor with Node 22.22.3, 24.15 or newer.',
  }),

  laterVersion: (found: number, known: number): OpenFailure => ({
    code: 'later_version',
    message: `The journal has format ${found}, written by a later version of Cerevisor; this one supports formats up to ${known}. Nothing was changed.`,
    suggestion: 'Update Cerevisor, or set CEREVISOR_HOME to another folder.',
  }),

  /** `reason`: why SQLite reads it and it is no journal all the same. */
  damaged: (home: string, reason: string | null): OpenFailure => ({
    code: 'damaged',
    message: `The journal in ${home} is damaged${reason === null ? '' : ` (${reason})`}, and there is no valid backup of it. Nothing was changed.`,
    suggestion: `Keep a copy of the folder. To start with an empty journal, move cerevisor-cloud-runs.db and the files next to it (-wal, -shm) elsewhere; you can then adopt the runs that Cursor still knows.`,
  }),

  /** An error of the file system at the home folder, or null when it is a bug. */
  ofFileError: (error: unknown, home: string): OpenFailure | null => {
    if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
    const { code, what } = FILE_ERRORS[String(error.code)] ?? UNKNOWN_FILE_ERROR;
    return {
      code,
      message: `${home} ${what} (${error.message}).`,
      suggestion: `Fix this, or ${ANOTHER_HOME}.`,
    };
  },
};
