import { lookUpInPersons } from '../lib/git.ts';
import { webAddressOf } from '../lib/web-address.ts';

/** The repository that a folder is a clone of. */
export type FolderRepository = { readonly url: string; readonly remote: string };

/**
 * The web address of the remote of the repository that `folder` lies in: that of the branch that is checked out, else
 * `origin`, else the only one. Null where there is no such repository or remote, or Cursor could not reach it.
 */
export async function repositoryOfFolder(folder: string): Promise<FolderRepository | null> {
  const git = async (...args: string[]): Promise<string | null> => {
    const { exitCode, stdout } = await lookUpInPersons(args, { cwd: folder });
    return exitCode === 0 ? stdout.trim() : null;
  };
  try {
    const remotes = (await git('remote'))?.split('\n').filter((name) => name !== '') ?? [];
    if (remotes.length === 0) return null;
    const branch = await git('symbolic-ref', '--quiet', '--short', 'HEAD');
    const followed = branch === null ? null : await git('config', `branch.${branch}.remote`);
    const remote =
      [followed, 'origin'].find((name) => name !== null && remotes.includes(name)) ??
      (remotes.length === 1 ? remotes[0] : undefined);
    if (remote === undefined || remote === null) return null;
    const url = webAddressOf((await git('remote', 'get-url', '--', remote)) ?? '');
    return url === null ? null : { url, remote };
  } catch (error) {
    // Without git on this machine nobody can tell.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
