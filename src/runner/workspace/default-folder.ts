import { dirname, isAbsolute, relative } from 'node:path';
import { type Answer, settle } from '../../lib/expected-failure.ts';
import type { Environment } from '../../lib/git.ts';
import { gitIn } from '../../lib/git-place.ts';

export type FolderChoice = {
  /** Absolute path of the workflow's file, if it came from one. */
  readonly workflowFile: string | null;
  /** The folder in which the command was given. */
  readonly commandFolder: string | null;
  /** Of this installation, see `PRODUCT_FOLDER`. */
  readonly productFolder: string;
  readonly environment?: Environment;
};

/**
 * The folder that agents work in when the workflow names none: the repository that holds its file, else the one in which
 * the command was given. Never our own installation. Null where there is neither.
 */
export const defaultFolder = (choice: FolderChoice): Promise<Answer<string | null>> =>
  settle(() => choose(choice));

async function choose(choice: FolderChoice): Promise<string | null> {
  const { workflowFile, commandFolder, productFolder, environment } = choice;
  const candidates = [workflowFile === null ? null : dirname(workflowFile), commandFolder];
  for (const folder of candidates) {
    if (folder === null) continue;
    const git = gitIn({ owner: 'person', folder }, environment ? { environment } : {});
    const top = await git.ask(['rev-parse', '--show-toplevel']);
    if (top !== null && top !== '' && !isOurs(top, productFolder)) return top;
  }
  return null;
}

const isOurs = (top: string, productFolder: string): boolean => {
  const way = relative(top, productFolder);
  const isAround = way === '' || (!/^\.\.(?:[\\/]|$)/.test(way) && !isAbsolute(way));
  // Installed as a package of a project, we are a part of that project's folder and not the other way round.
  return isAround && !/(?:^|[\\/])node_modules(?:[\\/]|$)/.test(way);
};
