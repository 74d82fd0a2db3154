import { git, runGit } from './command.ts';

type Settings = { readonly cwd: string; readonly signal?: AbortSignal | undefined };

/** Commits all changes. Returns the new commit, or `undefined` if there are none. */
export async function commitAll(message: string, settings: Settings): Promise<string | undefined> {
  await git(['add', '--all'], settings);
  const { exitCode } = await runGit(['diff', '--cached', '--quiet'], settings);
  if (exitCode === 0) return undefined;
  await git(['commit', '--quiet', '--no-verify', '-m', message], settings);
  return git(['rev-parse', 'HEAD'], settings);
}

/** Returns the current commit, or `undefined` in an empty repository. */
export async function headCommit(settings: Settings): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit(['rev-parse', '--quiet', '--verify', 'HEAD'], settings);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Pushes the current commit to the branch in the target repository. */
export async function push(location: string, branch: string, settings: Settings): Promise<void> {
  const args = ['push', '--quiet', '--no-verify', '--', location, `HEAD:refs/heads/${branch}`];
  const remote = { ...settings, remote: location };
  const first = await runGit(args, remote);
  // Agents that end at the same time push to one repository concurrently; git's locks can make one of them fail.
  if (first.exitCode !== 0) await git(args, remote);
}

export type Commit = { readonly id: string; readonly subject: string };

/** Newest first; all commits if there is no base. */
export async function commitsSince(
  base: string | undefined,
  settings: Settings,
): Promise<readonly Commit[]> {
  const range = base === undefined ? 'HEAD' : `${base}..HEAD`;
  const { exitCode, stdout } = await runGit(
    ['log', '--max-count=200', '--format=%H%x09%s', range, '--'],
    settings,
  );
  if (exitCode !== 0) return [];
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ id: line.slice(0, 40), subject: line.slice(41) }));
}
