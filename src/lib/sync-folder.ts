import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes the names in a folder durable: without it a rename may be undone by power loss. */
export function syncFolder(path: string): void {
  // Windows cannot open a folder; there the rename itself is journalled by NTFS.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
