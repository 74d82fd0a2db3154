import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Where the content of a folder without git is known: a bare repository of ours, one for each real path, in which agents
 * that worked in the folder have their branches.
 */
export const folderStorePath = (home: string, realFolder: string): string =>
  join(
    home,
    'local-runs',
    'folder-stores',
    `${createHash('sha256').update(realFolder).digest('hex').slice(0, 32)}.git`,
  );
