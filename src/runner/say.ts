import { appendFileSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 5 * 1024 * 1024;

/** Writes lines to a log that is replaced when it has grown large. A disk that refuses must not end anything. */
export function openSay(file: string): (message: string) => void {
  return (message) => {
    try {
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > MAX_BYTES) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${process.pid} ${message}\n`, {
        mode: 0o600,
      });
    } catch {
      // Nobody reads what we could say about it.
    }
  };
}
