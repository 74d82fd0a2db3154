import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from './system-error.ts';

/** Like a recursive `mkdir`, which in Node does not return for paths where no folder can be created, as in `/proc`. */
export const makeFolders = (path: string, mode = 0o777): void => {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (dirname(path) !== path) makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process may have created it meanwhile. A dangling link exists too, but is not a folder.
    const exists = systemErrorCode(error) === 'EEXIST';
    if (!exists || statSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
};
