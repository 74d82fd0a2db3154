import { DatabaseSync } from 'node:sqlite';

/** Holds a lock until it is released or the process ends. */
export type ExclusiveLock = { readonly release: () => void };

/**
 * Takes a lock that one process at a time can hold; null when another one has it. An operating system lock: it ends
 * with the process, however that ends, and leaves nothing stale. Nothing may open the file with `fs` while it is held: on
 * POSIX systems closing any handle of a file drops all locks of the process on it.
 *
 * @throws the error of SQLite when the file cannot be used
 */
export function takeExclusiveLock(path: string): ExclusiveLock | null {
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

/** SQLITE_BUSY, with whatever extended code. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
