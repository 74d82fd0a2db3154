import { queryUserRepository } from '../lib/git.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { webAddressOf } from '../lib/web-address.ts';

/** The repository that a folder is a clone of. */
export type FolderRepository = { readonly url: string; readonly remote: string };

/**
 * The web address of the remote of the repository that `folder` is in: that of the branch that is checked out, else
 * `origin`, otherwise the only one. Null if there is no such repository or remote, or Cursor could not reach it.
 */
export const repositoryOfFolder = (folder: string): Promise<FolderRepository | null> =>
  askGit(folder, async (git) => {
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
  });

/** The top folder of the repository that `folder` is in, whether it has a remote or not; null outside of one. */
export const topOfRepository = (folder: string): Promise<string | null> =>
  askGit(folder, (git) => git('rev-parse', '--show-toplevel'));

/** What git prints for some arguments, and null if it fails. */
type Git = (...args: string[]) => Promise<string | null>;

async function askGit<Answer>(
  folder: string,
  ask: (git: Git) => Promise<Answer | null>,
): Promise<Answer | null> {
  try {
    return await ask(async (...args) => {
      const { exitCode, stdout } = await queryUserRepository(args, { cwd: folder });
      return exitCode === 0 ? stdout.trim() : null;
    });
  } catch (error) {
    // Without git on this machine nobody can tell.
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
