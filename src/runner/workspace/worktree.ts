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

/** A record of a worktree: both are there in this mode. */
export type WorktreeRecord = WorkspaceRecord & {
  readonly worktree: string;
  readonly repositoryRoot: string;
};
export const isOfWorktree = (record: WorkspaceRecord): record is WorktreeRecord =>
  record.worktree !== null && record.repositoryRoot !== null;

/** Checks a new branch out into a new worktree. The person's branches and their settings stay as they are. */
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
 * Makes a worktree usable that an earlier turn worked in, or that was removed since: at the same path, with all work in
 * it. Returns its branch, which is another one when the person has checked the first one out elsewhere.
 */
export async function restoreWorktree(
  git: Git,
  record: WorktreeRecord,
  context: GitContext,
): Promise<{ readonly branch: string; readonly isNew: boolean; readonly notices: string[] }> {
  const { worktree, branch } = record;
  const isThere = await isFilled(worktree);
  if (isThere && (await isUsable(record, context))) return { branch, isNew: false, notices: [] };
  if (isThere) {
    await reconnect(git, record, context);
    return {
      branch,
      isNew: false,
      notices: ['The worktree had lost its connection to the repository and was connected again.'],
    };
  }
  await dropRegistration(git, worktree);
  await mkdir(dirname(worktree), { recursive: true, mode: 0o700 });
  const tip = (await resolveCommit(git, `refs/heads/${branch}`)) ?? record.lastCommit;
  const isBranchThere = (await resolveCommit(git, `refs/heads/${branch}`)) !== null;
  if (isBranchThere) {
    const added = await git.exec(['worktree', 'add', '--quiet', worktree, branch]);
    if (added.exitCode === 0) return { branch, isNew: true, notices: [] };
    if (!/already (?:checked out|used by worktree)/.test(added.stderr))
      throw gitFailed(['worktree'], added);
  }
  const name = isBranchThere ? await freeBranchName(git, branch) : branch;
  await addWorktree(git, worktree, name, tip);
  const why = isBranchThere ? 'is checked out elsewhere' : 'was deleted';
  return {
    branch: name,
    isNew: true,
    notices: [`The branch ${branch} ${why}; the work continues on ${name}.`],
  };
}

async function isFilled(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory() && (await readdir(path)).length > 0;
  } catch (error) {
    if (isNotFoundError(error)) return false;
    throw error;
  }
}

/** Whether git in the folder works on the person's repository, and not on another one around or in it. */
export async function isUsable(record: WorktreeRecord, context: GitContext): Promise<boolean> {
  const { worktree, repositoryRoot } = record;
  const here = await commonDirectory(worktree, context);
  const there = await commonDirectory(repositoryRoot, context);
  const top = await gitIn({ owner: 'user', folder: worktree }, context).query([
    'rev-parse',
    '--show-toplevel',
  ]);
  return here !== null && here === there && top !== null && resolve(top) === worktree;
}

async function commonDirectory(folder: string, context: GitContext): Promise<string | null> {
  const git = gitIn({ owner: 'user', folder }, context);
  const answer = await git.query(['rev-parse', '--git-common-dir']);
  return answer === null ? null : resolve(folder, answer);
}

/**
 * Someone deleted the `.git` file, or pruned the worktree while its disk was away. The files may hold work that was
 * never committed, so they stay, and the repository learns of them again.
 */
export async function reconnect(
  git: Git,
  record: WorktreeRecord,
  context: GitContext,
): Promise<void> {
  const { worktree, branch } = record;
  await git.exec(['worktree', 'repair', worktree]);
  if (await isUsable(record, context)) return;
  const beside = `${worktree}.reconnect`;
  await rm(beside, { recursive: true, force: true });
  await dropRegistration(git, beside);
  await dropRegistration(git, worktree);
  const isBranchThere = (await resolveCommit(git, `refs/heads/${branch}`)) !== null;
  const target = isBranchThere ? [beside, branch] : ['-b', branch, beside, record.lastCommit];
  await git.run(['worktree', 'add', '--quiet', '--no-checkout', ...target]);
  await rm(join(worktree, '.git'), { recursive: true, force: true });
  await rename(join(beside, '.git'), join(worktree, '.git'));
  await rmdir(beside);
  await git.run(['worktree', 'repair', worktree]);
  await gitIn({ owner: 'user', folder: worktree }, context).run(['read-tree', 'HEAD']);
}

/** Removes what the repository knows of one worktree of ours whose folder is gone. Those of others are not touched. */
export async function dropRegistration(git: Git, path: string): Promise<void> {
  const listed = await git.run(['worktree', 'list', '--porcelain']);
  const isRegistered = listed.split('\n').includes(`worktree ${path}`);
  // Twice: git locks a worktree while it makes it, and a crash leaves that lock.
  if (isRegistered) await git.exec(['worktree', 'remove', '--force', '--force', path]);
}

/** Removes a worktree in which nobody has worked yet. */
export async function discardWorktree(git: Git, path: string): Promise<void> {
  await dropRegistration(git, path);
  await rm(path, { recursive: true, force: true });
}
