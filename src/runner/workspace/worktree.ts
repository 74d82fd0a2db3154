import { lstat, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type Git,
  type GitContext,
  gitFailed,
  gitIn,
  resolveCommit,
} from '../../lib/git-client.ts';
import { isNotFoundError } from '../../lib/system-error.ts';
import { freeBranchName } from './branch.ts';
import type { WorkspaceRecord } from './record.ts';

/** A record of a worktree, in which both paths are set. */
export type WorktreeRecord = WorkspaceRecord & {
  readonly worktree: string;
  readonly repositoryRoot: string;
};
export const isWorktreeRecord = (record: WorkspaceRecord): record is WorktreeRecord =>
  record.worktree !== null && record.repositoryRoot !== null;

/** Creates a worktree with a new branch. The user's branches and configuration stay unchanged. */
export async function addWorktree(
  git: Git,
  path: string,
  branch: string,
  commit: string,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await git.run(['worktree', 'add', '--quiet', '--no-track', '-b', branch, path, commit]);
}

/**
 * Restores a worktree of an earlier turn, or one that was removed since, at the same path and with all of its work.
 * Returns its branch, which is a new one if the user has checked the old one out elsewhere.
 */
export async function restoreWorktree(
  git: Git,
  record: WorktreeRecord,
  gitContext: GitContext,
): Promise<{ readonly branch: string; readonly isNew: boolean; readonly notices: string[] }> {
  const { worktree, branch } = record;
  const isPresent = await hasFiles(worktree);
  if (isPresent && (await isUsable(record, gitContext)))
    return { branch, isNew: false, notices: [] };
  if (isPresent) {
    await reconnect(git, record, gitContext);
    return {
      branch,
      isNew: false,
      notices: ['The worktree had lost its connection to the repository and was connected again.'],
    };
  }
  await dropRegistration(git, worktree);
  await mkdir(dirname(worktree), { recursive: true, mode: 0o700 });
  const tip = (await resolveCommit(git, `refs/heads/${branch}`)) ?? record.lastCommit;
  const branchExists = (await resolveCommit(git, `refs/heads/${branch}`)) !== null;
  if (branchExists) {
    const added = await git.exec(['worktree', 'add', '--quiet', worktree, branch]);
    if (added.exitCode === 0) return { branch, isNew: true, notices: [] };
    if (!/already (?:checked out|used by worktree)/.test(added.stderr))
      throw gitFailed(['worktree'], added);
  }
  const name = branchExists ? await freeBranchName(git, branch) : branch;
  await addWorktree(git, worktree, name, tip);
  const reason = branchExists ? 'is checked out elsewhere' : 'was deleted';
  return {
    branch: name,
    isNew: true,
    notices: [`The branch ${branch} ${reason}; the work continues on ${name}.`],
  };
}

async function hasFiles(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory() && (await readdir(path)).length > 0;
  } catch (error) {
    if (isNotFoundError(error)) return false;
    throw error;
  }
}

/** Whether git in the worktree uses the user's repository, and not one around or inside it. */
export async function isUsable(record: WorktreeRecord, gitContext: GitContext): Promise<boolean> {
  const { worktree, repositoryRoot } = record;
  const worktreeGitDirectory = await commonDirectory(worktree, gitContext);
  const repositoryGitDirectory = await commonDirectory(repositoryRoot, gitContext);
  const top = await gitIn({ owner: 'user', folder: worktree }, gitContext).query([
    'rev-parse',
    '--show-toplevel',
  ]);
  return (
    worktreeGitDirectory !== null &&
    worktreeGitDirectory === repositoryGitDirectory &&
    top !== null &&
    resolve(top) === worktree
  );
}

async function commonDirectory(folder: string, gitContext: GitContext): Promise<string | null> {
  const git = gitIn({ owner: 'user', folder }, gitContext);
  const answer = await git.query(['rev-parse', '--git-common-dir']);
  return answer === null ? null : resolve(folder, answer);
}

/**
 * Reconnects a worktree whose `.git` file was deleted, or that was pruned while its disk was not mounted. Its files may
 * contain uncommitted work, so they are kept.
 */
export async function reconnect(
  git: Git,
  record: WorktreeRecord,
  gitContext: GitContext,
): Promise<void> {
  const { worktree, branch } = record;
  await git.exec(['worktree', 'repair', worktree]);
  if (await isUsable(record, gitContext)) return;
  const temporaryPath = `${worktree}.reconnect`;
  await rm(temporaryPath, { recursive: true, force: true });
  await dropRegistration(git, temporaryPath);
  await dropRegistration(git, worktree);
  const branchExists = (await resolveCommit(git, `refs/heads/${branch}`)) !== null;
  const target = branchExists
    ? [temporaryPath, branch]
    : ['-b', branch, temporaryPath, record.lastCommit];
  await git.run(['worktree', 'add', '--quiet', '--no-checkout', ...target]);
  await rm(join(worktree, '.git'), { recursive: true, force: true });
  await rename(join(temporaryPath, '.git'), join(worktree, '.git'));
  await rmdir(temporaryPath);
  await git.run(['worktree', 'repair', worktree]);
  await gitIn({ owner: 'user', folder: worktree }, gitContext).run(['read-tree', 'HEAD']);
}

/** Removes the registration of one of our worktrees whose folder is gone. Others are not touched. */
export async function dropRegistration(git: Git, path: string): Promise<void> {
  const listed = await git.run(['worktree', 'list', '--porcelain']);
  const isRegistered = listed.split('\n').includes(`worktree ${path}`);
  // Twice, to override the lock that git sets while it creates a worktree and that a crash leaves.
  if (isRegistered) await git.exec(['worktree', 'remove', '--force', '--force', path]);
}

/** Removes a worktree in which no agent has worked yet. */
export async function discardWorktree(git: Git, path: string): Promise<void> {
  await dropRegistration(git, path);
  await rm(path, { recursive: true, force: true });
}
