import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorCode } from './system-error.ts';

/** Like a recursive `mkdir`, which never ends where folders can be seen but not made, as in `/proc`. */
export const makeFolders = (path: string, mode = 0o777): void => {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (dirname(path) !== path) makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Someone made it at the same moment. A link that leads nowhere exists, and is no folder either.
    const isThere = systemErrorCode(error) === 'EEXIST';
    if (!isThere || statSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
};
