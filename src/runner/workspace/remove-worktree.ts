import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanText } from '../../lib/clean-text.ts';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { type Git, gitFailed, gitIn, resolveCommit } from '../../lib/git-client.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { isNotFoundError } from '../../lib/system-error.ts';
import { gitPath, keepReachable } from './commit-turn.ts';
import { writeRecord } from './record.ts';
import { gitContextOf, type WorkspaceContext } from './workspace-context.ts';
import { dropRegistration, type WorktreeRecord } from './worktree.ts';

/**
 * Removes a worktree unless it has work that no branch contains. The branch stays.
 * @throws ExpectedFailure `worktree_has_work`, `worktree_locked`, or a git error; the worktree is unchanged then
 */
export async function removeWorktree(
  context: WorkspaceContext,
  record: WorktreeRecord,
): Promise<void> {
  const { worktree, repositoryRoot } = record;
  if (!existsSync(repositoryRoot)) {
    // The repository was deleted, or its disk is not mounted: it is unknown whether the work exists elsewhere.
    if (await pathExists(worktree))
      throw hasWork(record, `its repository ${repositoryRoot} is missing`);
  } else {
    const git = gitIn({ owner: 'user', folder: repositoryRoot }, gitContextOf(context));
    if (await pathExists(worktree)) await removeIfKept(context, git, record);
    else await dropRegistration(git, worktree);
  }
  await writeRecord(context.home, { ...record, state: 'removed' });
}

async function removeIfKept(
  context: WorkspaceContext,
  git: Git,
  record: WorktreeRecord,
): Promise<void> {
  const { worktree } = record;
  const inside = gitIn({ owner: 'user', folder: worktree }, gitContextOf(context));
  const top = await inside.query(['rev-parse', '--show-toplevel']);
  if (top !== worktree) throw hasWork(record, 'it is no longer a worktree of its repository');
  const reason = (await unfinishedWork(inside)) ?? (await workInSubmodules(inside, record));
  if (reason !== null) throw hasWork(record, reason);
  await assertNotLocked(inside, record);
  await keepAbandonedCommits(inside, record);
  const hasSubmodules = existsSync(join(worktree, '.gitmodules'));
  // Without `--force`, git checks for changes once more; with submodules it always refuses.
  const args = ['worktree', 'remove', ...(hasSubmodules ? ['--force'] : []), worktree];
  const removed = await git.exec(args);
  if (removed.exitCode !== 0) throw gitFailed(['worktree'], removed);
}

/** Fails if the worktree was locked with `git worktree lock`, which may have a reason. */
async function assertNotLocked(
  git: Git,
  { worktree, repositoryRoot }: WorktreeRecord,
): Promise<void> {
  const file = await gitPath(git, 'locked');
  if (!existsSync(file)) return;
  const reason = cleanText(await readFile(file, 'utf8')).trim();
  const why = reason === '' ? '' : `, with the reason "${reason}"`;
  throw new ExpectedFailure(
    'worktree_locked',
    `The worktree ${worktree} was kept: it was locked with \`git worktree lock\`${why}.`,
    `Unlock it: \`git -C ${shellWord(repositoryRoot)} worktree unlock ${shellWord(worktree)}\``,
  );
}

/** Why a worktree must be kept, as part of a message; null if branches contain all of its work. */
async function unfinishedWork(git: Git): Promise<string | null> {
  const status = await git.run(
    ['status', '--porcelain', '-z', '--untracked-files=all', '--ignore-submodules=none'],
    { variables: { GIT_OPTIONAL_LOCKS: '0' } },
  );
  if (status !== '') return 'it has uncommitted changes';
  for (const name of ['rebase-merge', 'rebase-apply', 'MERGE_HEAD', 'CHERRY_PICK_HEAD']) {
    if (existsSync(await gitPath(git, name))) return 'a merge or rebase in it is not finished';
  }
  const head = await resolveCommit(git, 'HEAD');
  if (head === null) return null;
  const branches = ['refs/heads', 'refs/remotes'];
  const containing = await git.run([
    'for-each-ref',
    '--count=1',
    `--contains=${head}`,
    ...branches,
  ]);
  return containing === '' ? 'no branch contains the checked-out commit' : null;
}

/** A commit made in a submodule of the worktree exists nowhere else. */
async function workInSubmodules(git: Git, record: WorktreeRecord): Promise<string | null> {
  if (!existsSync(join(record.worktree, '.gitmodules'))) return null;
  const moved = await git.run(['diff-tree', '-r', record.baseCommit, 'HEAD']);
  const hasMoved = moved.split('\n').some((line) => /^:\d+ 160000 /.test(line));
  return hasMoved ? 'a submodule in it is at another commit than before' : null;
}

/** Keeps commits that the agent abandoned, for example by amending them, reachable by refs of the session. */
async function keepAbandonedCommits(git: Git, record: WorktreeRecord): Promise<void> {
  const reflog = (await git.query(['log', '--walk-reflogs', '--format=%H', 'HEAD'])) ?? '';
  const commits = [...new Set(reflog.split('\n').filter((line) => line !== ''))];
  if (commits.length === 0) return;
  const tips = await git.run(['rev-list', '--no-walk', '--ignore-missing', '--stdin'], {
    input: `${commits.join('\n')}\n`,
  });
  const unreachableList = await git.run(
    ['rev-list', '--stdin', '--not', '--branches', '--remotes'],
    {
      input: `${tips}\n`,
    },
  );
  const unreachable = new Set(unreachableList.split('\n'));
  for (const commit of commits)
    if (unreachable.has(commit)) await keepReachable(git, record, commit);
}

async function pathExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isNotFoundError(error)) return false;
    throw error;
  }
}

const hasWork = ({ worktree, branch }: WorktreeRecord, reason: string): ExpectedFailure =>
  new ExpectedFailure(
    'worktree_has_work',
    `The worktree ${worktree} was kept: ${reason}.`,
    `Commit what you want to keep to a branch (its own branch is ${branch}); it can then be removed.`,
  );
