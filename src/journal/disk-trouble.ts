import type { JournalTrouble } from './types.ts';

/** A write to the journal failed, and nothing of it was stored. `trouble` contains the reason and a suggestion. */
export class JournalFailure extends Error {
  readonly trouble: JournalTrouble;

  constructor(trouble: JournalTrouble, cause: unknown) {
    super(trouble.message, { cause });
    this.name = 'JournalFailure';
    this.trouble = trouble;
  }
}

// Primary result codes, https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const NOT_A_DATABASE = 26;

const TROUBLES: Readonly<Record<number, JournalTrouble>> = {
  [FULL]: {
    code: 'disk_full',
    message: 'The disk that holds the journal is full.',
    suggestion: 'Free some space; recording then continues by itself.',
  },
  [READ_ONLY]: {
    code: 'read_only',
    message: 'The journal cannot be written: the file or its disk is read-only.',
    suggestion: 'Make the folder writable for your user; recording then continues by itself.',
  },
  [CORRUPT]: {
    code: 'damaged',
    message: 'The journal is damaged.',
    suggestion:
      'Restart Cerevisor: it restores the newest valid backup and asks Cursor for the rest.',
  },
  [IO_ERROR]: {
    code: 'io_error',
    message: 'The disk that holds the journal reports an error.',
    suggestion:
      'Check the disk and its connection; recording continues by itself when it works again.',
  },
  [BUSY]: {
    code: 'io_error',
    message: 'Another program has locked the journal.',
    suggestion:
      'Close the programs that have cerevisor-cloud-runs.db open; recording then continues.',
  },
};
const SAME_AS: Readonly<Record<number, number>> = {
  [LOCKED]: BUSY,
  [CANNOT_OPEN]: IO_ERROR,
  [NOT_A_DATABASE]: CORRUPT,
};

/** The disk problem behind an SQLite error; null if the error is a bug. */
export const diskTrouble = (error: unknown): JournalTrouble | null => {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  if (typeof error.errcode !== 'number') return null;
  const primary = error.errcode & 0xff;
  const trouble = TROUBLES[SAME_AS[primary] ?? primary];
  if (trouble === undefined) return null;
  return { ...trouble, message: `${trouble.message} (SQLite: ${error.message})` };
};
