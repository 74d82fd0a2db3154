import { rmSync } from 'node:fs';

const RETRY_EVERY_MS = 50;
const MOST_RETRIES = 200;
const neverWoken = new Int32Array(new SharedArrayBuffer(4));

/**
 * Removes a folder in which a process that is exiting may still create files. Not by the retries of `rmSync`: Node 24
 * waits whole seconds between them, which are none for the default of 100 ms.
 */
export function removeFolder(folder: string): void {
  for (let retries = 0; ; retries += 1) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (retries === MOST_RETRIES || !isInUse(error)) throw error;
    }
    Atomics.wait(neverWoken, 0, 0, RETRY_EVERY_MS);
  }
}

const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EBUSY'].includes(String(error.code));
