import { queryUserRepository } from '../lib/git.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { webAddressOf } from '../lib/web-address.ts';

/** The remote repository of a clone. */
export type FolderRepository = { readonly url: string; readonly remote: string };

/**
 * The web address of the remote of the repository that contains `folder`: the remote of the current branch, else `origin`,
 * else the only one. Null if there is no such repository or remote, or it has no web address.
 */
export const repositoryOfFolder = (folder: string): Promise<FolderRepository | null> =>
  withGit(folder, async (git) => {
    const remotes = (await git('remote'))?.split('\n').filter((name) => name !== '') ?? [];
    if (remotes.length === 0) return null;
    const branch = await git('symbolic-ref', '--quiet', '--short', 'HEAD');
    const branchRemote = branch === null ? null : await git('config', `branch.${branch}.remote`);
    const remote =
      [branchRemote, 'origin'].find((name) => name !== null && remotes.includes(name)) ??
      (remotes.length === 1 ? remotes[0] : undefined);
    if (remote === undefined || remote === null) return null;
    const url = webAddressOf((await git('remote', 'get-url', '--', remote)) ?? '');
    return url === null ? null : { url, remote };
  });

/** The top folder of the repository that contains `folder`; null outside a repository. */
export const topOfRepository = (folder: string): Promise<string | null> =>
  withGit(folder, (git) => git('rev-parse', '--show-toplevel'));

/** Runs git and returns its output; null if it fails. */
type Git = (...args: string[]) => Promise<string | null>;

async function withGit<Value>(
  folder: string,
  use: (git: Git) => Promise<Value | null>,
): Promise<Value | null> {
  try {
    return await use(async (...args) => {
      const { exitCode, stdout } = await queryUserRepository(args, { cwd: folder });
      return exitCode === 0 ? stdout.trim() : null;
    });
  } catch (error) {
    // Git is not installed.
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
