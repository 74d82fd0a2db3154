import { rm } from 'node:fs/promises';
import { GitError, git, runGit } from './command.ts';
import { isCommitId } from './remote.ts';

export type CheckoutOptions = {
  readonly location: string;
  readonly mirror: string;
  readonly folder: string;
  readonly baseRef: string;
  readonly workBranch: string;
  readonly signal?: AbortSignal | undefined;
};

/** Clones from the mirror and checks out the work branch. Removes the remains of an interrupted clone first. */
export async function checkOut(plan: CheckoutOptions): Promise<void> {
  const { mirror, folder, location, baseRef, workBranch, signal } = plan;
  await rm(folder, { recursive: true, force: true });
  await git(['clone', '--quiet', '--no-checkout', '--', mirror, folder], { cwd: mirror, signal });
  const settings = { cwd: folder, signal };
  await git(['remote', 'set-url', 'origin', location], settings);
  if (isCommitId(baseRef)) {
    const { exitCode } = await runGit(['cat-file', '-e', `${baseRef}^{commit}`], settings);
    if (exitCode !== 0) await git(['fetch', '--quiet', mirror, baseRef], settings);
  }
  const start = await resolveStart(folder, baseRef, signal);
  // In an empty repository, the first commit creates the branch.
  if (start === undefined)
    await git(['symbolic-ref', 'HEAD', `refs/heads/${workBranch}`], settings);
  else await git(['checkout', '--quiet', '--no-track', '-B', workBranch, start], settings);
}

async function resolveStart(folder: string, baseRef: string, signal?: AbortSignal) {
  const settings = { cwd: folder, signal };
  for (const candidate of [`refs/remotes/origin/${baseRef}`, baseRef]) {
    const { exitCode, stdout } = await runGit(
      ['rev-parse', '--quiet', '--verify', '--end-of-options', `${candidate}^{commit}`],
      settings,
    );
    if (exitCode === 0) return stdout.trim();
  }
  const { stdout } = await runGit(['for-each-ref', '--count=1', 'refs/remotes'], settings);
  if (stdout.trim() === '') return undefined;
  throw new GitError(`The repository has no branch or commit ${baseRef}`);
}
