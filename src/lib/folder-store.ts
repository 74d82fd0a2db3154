import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Path of the bare repository that Cerevisor keeps for a folder without git. There is one for each real path; it
 * contains the branches of the agents that worked in the folder.
 */
export const folderStorePath = (home: string, realFolder: string): string =>
  join(
    home,
    'local-runs',
    'folder-stores',
    `${createHash('sha256').update(realFolder).digest('hex').slice(0, 32)}.git`,
  );
