import { DatabaseSync } from 'node:sqlite';

/** Holds a lock until it is released or the process ends. */
export type ExclusiveLock = { readonly release: () => void };

/**
 * Acquires a lock that only one process can hold; null if another process holds it. It is an operating system lock, so
 * that it never outlives the process. Do not open the file with `fs` while the lock is held: on POSIX systems, closing
 * any handle of a file releases all locks of the process on it.
 *
 * @throws the error of SQLite if the file cannot be used
 */
export function acquireExclusiveLock(path: string): ExclusiveLock | null {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const held = lock;
    return { release: () => held.close() };
  } catch (error) {
    lock?.close();
    if (isBusy(error)) return null;
    throw error;
  }
}

/** SQLITE_BUSY, with any extended result code. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
