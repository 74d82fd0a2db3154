import { realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import {
  folderMissing,
  type Git,
  type GitContext,
  gitIn,
  resolveCommit,
} from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';

/** The user's folder and its repository. */
export type UserFolder =
  | {
      readonly kind: 'git';
      /** The requested folder, with links resolved. */
      readonly folder: string;
      /** The root of the working tree, or the bare repository itself. */
      readonly root: string;
      /** The path from the root to the folder; empty for the root. */
      readonly inside: string;
      /** The git directory that all worktrees of the repository share. */
      readonly commonDirectory: string;
      readonly isBare: boolean;
      /** Null before the first commit. */
      readonly headCommit: string | null;
      readonly git: Git;
    }
  | { readonly kind: 'plain'; readonly folder: string };

export type GitFolder = Extract<UserFolder, { kind: 'git' }>;

/** @throws ExpectedFailure `folder_missing`, `git_missing`, `git_failed` */
export async function inspectFolder(
  requested: string,
  gitContext: GitContext,
): Promise<UserFolder> {
  const folder = await realFolder(requested);
  const git = gitIn({ owner: 'user', folder }, gitContext);
  const answer = await git.exec(['rev-parse', '--is-bare-repository', '--git-common-dir']);
  if (answer.exitCode !== 0) {
    // Git may also refuse a repository of another user; only this message means that there is none.
    if (/not a git repository/i.test(answer.stderr)) return { kind: 'plain', folder };
    throw new ExpectedFailure(
      'git_failed',
      `Git cannot open the repository of ${folder}: ${answer.stderr.trim()}`,
      'Fix the problem that git reports, then try again.',
    );
  }
  const lineEnd = answer.stdout.indexOf('\n');
  const isBare = answer.stdout.slice(0, lineEnd) === 'true';
  const common = answer.stdout.slice(lineEnd + 1).replace(/\n$/, '');
  const root = isBare ? folder : resolve(folder, await git.run(['rev-parse', '--show-toplevel']));
  const top = await realFolder(root);
  // A folder that its outer repository ignores, such as one below a home under version control, is not part of it.
  if (!isBare && top !== folder) {
    const isIgnored = (await git.query(['check-ignore', '--quiet', folder])) !== null;
    const isTracked = (await git.query(['ls-files', '--error-unmatch', '--', '.'])) !== null;
    if (isIgnored && !isTracked) return { kind: 'plain', folder };
  }
  const rootGit = gitIn({ owner: 'user', folder: top }, gitContext);
  return {
    kind: 'git',
    folder,
    root: top,
    inside: relative(top, folder),
    commonDirectory: resolve(folder, common),
    isBare,
    headCommit: await resolveCommit(rootGit, 'HEAD'),
    git: rootGit,
  };
}

async function realFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw folderMissing(path);
  }
}
