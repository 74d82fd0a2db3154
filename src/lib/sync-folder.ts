import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Flushes the entries of a folder, so that a power failure cannot undo a rename. */
export function syncFolder(path: string): void {
  // Windows cannot open a folder; NTFS journals the rename itself.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
