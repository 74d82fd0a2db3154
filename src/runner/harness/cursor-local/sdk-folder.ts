import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder in which the SDK keeps transcripts of subagents, terminals and large outputs of a working folder. It is
 * not configurable.
 */
export const sdkFolderOf = (cwd: string): string => {
  const name = cwd.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return join(homedir(), '.cursor', 'projects', name);
};
