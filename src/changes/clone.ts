import { ExpectedFailure } from '../lib/expected-failure.ts';
import { type GitContext, gitIn } from '../lib/git-client.ts';
import { openFolder } from './plan-apply.ts';

export type Clone = {
  /** The top of the working tree. */
  readonly top: string;
  /** The addresses of its remotes. */
  readonly remotes: readonly string[];
};

/** The working tree that contains a folder of the user; null if there is none, or the folder does not exist. */
export async function findClone(folder: string, context: GitContext = {}): Promise<Clone | null> {
  try {
    const { location } = await openFolder(folder, context);
    const git = gitIn(location, context);
    const listed = await git.query(['config', '-z', '--get-regexp', '^remote\\..*\\.url$']);
    // Each entry is `remote.NAME.url`, a line feed and the address, terminated by NUL.
    const remotes = (listed ?? '').split('\0').map((entry) => entry.split('\n')[1] ?? '');
    return { top: location.folder, remotes: remotes.filter((address) => address !== '') };
  } catch (error) {
    if (error instanceof ExpectedFailure) return null;
    throw error;
  }
}
