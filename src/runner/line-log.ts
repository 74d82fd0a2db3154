import { appendFileSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 5 * 1024 * 1024;

/**
 * Appends lines with time and pid to a log file, which is rotated when it is large. An error of the disk must not end
 * the process, so none is thrown.
 */
export function openLineLog(file: string): (message: string) => void {
  return (message) => {
    try {
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > MAX_BYTES) renameSync(file, `${file}.1`);
      appendFileSync(file, `${new Date().toISOString()} ${process.pid} ${message}\n`, {
        mode: 0o600,
      });
    } catch {
      // There is nowhere else to report it.
    }
  };
}
