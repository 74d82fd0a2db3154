import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the SDK keeps transcripts of subagents, terminals and large outputs of a working folder. It cannot be told to
 * keep them elsewhere.
 */
export const sdkFolderOf = (cwd: string): string => {
  const name = cwd.replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return join(homedir(), '.cursor', 'projects', name);
};
