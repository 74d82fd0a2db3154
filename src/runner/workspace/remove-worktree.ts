import { existsSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cleanText } from '../../lib/clean-text.ts';
import { ExpectedFailure } from '../../lib/expected-failure.ts';
import { type Git, gitFailed, gitIn, resolveCommit } from '../../lib/git-client.ts';
import { shellWord } from '../../lib/shell-word.ts';
import { isNotFoundError } from '../../lib/system-error.ts';
import { gitPath, keep } from './commit-turn.ts';
import { writeRecord } from './record.ts';
import { contextOf, type Room } from './room.ts';
import { dropRegistration, type WorktreeRecord } from './worktree.ts';

/**
 * Removes a worktree, and never work that no branch has. The branch stays.
 * @throws ExpectedFailure `worktree_has_work`, `worktree_locked`, and what git says; the worktree is whole then
 */
export async function removeWorktree(room: Room, record: WorktreeRecord): Promise<void> {
  const { worktree, repositoryRoot } = record;
  if (!existsSync(repositoryRoot)) {
    // The repository is gone, or its disk is away: nothing tells what of the worktree is kept elsewhere.
    if (await isThere(worktree))
      throw hasWork(record, `its repository ${repositoryRoot} is missing`);
  } else {
    const git = gitIn({ owner: 'user', folder: repositoryRoot }, contextOf(room));
    if (await isThere(worktree)) await removeIfKept(room, git, record);
    else await dropRegistration(git, worktree);
  }
  await writeRecord(room.home, { ...record, state: 'removed' });
}

async function removeIfKept(room: Room, git: Git, record: WorktreeRecord): Promise<void> {
  const { worktree } = record;
  const inside = gitIn({ owner: 'user', folder: worktree }, contextOf(room));
  const top = await inside.query(['rev-parse', '--show-toplevel']);
  if (top !== worktree) throw hasWork(record, 'it is no longer a worktree of its repository');
  const reason = (await unfinishedWork(inside)) ?? (await workInSubmodules(inside, record));
  if (reason !== null) throw hasWork(record, reason);
  await refuseLocked(inside, record);
  await keepOldCommits(inside, record);
  const hasSubmodules = existsSync(join(worktree, '.gitmodules'));
  // Without `--force` git looks again; with submodules it refuses in any case.
  const args = ['worktree', 'remove', ...(hasSubmodules ? ['--force'] : []), worktree];
  const removed = await git.exec(args);
  if (removed.exitCode !== 0) throw gitFailed(['worktree'], removed);
}

/** Someone asked git to keep it, with `git worktree lock`, and maybe said why. */
async function refuseLocked(git: Git, { worktree, repositoryRoot }: WorktreeRecord): Promise<void> {
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

/** Why a worktree has to stay, in words; null when a branch has all of it. */
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
  const holders = await git.run(['for-each-ref', '--count=1', `--contains=${head}`, ...branches]);
  return holders === '' ? 'no branch contains the checked-out commit' : null;
}

/** A commit that was made in a submodule of the worktree is nowhere else. */
async function workInSubmodules(git: Git, record: WorktreeRecord): Promise<string | null> {
  if (!existsSync(join(record.worktree, '.gitmodules'))) return null;
  const moved = await git.run(['diff-tree', '-r', record.baseCommit, 'HEAD']);
  const hasMoved = moved.split('\n').some((line) => /^:\d+ 160000 /.test(line));
  return hasMoved ? 'a submodule in it is at another commit than before' : null;
}

/** Commits that the agent made and then left, as by amending them: a ref of the session keeps them. */
async function keepOldCommits(git: Git, record: WorktreeRecord): Promise<void> {
  const made = (await git.query(['log', '--walk-reflogs', '--format=%H', 'HEAD'])) ?? '';
  const commits = [...new Set(made.split('\n').filter((line) => line !== ''))];
  if (commits.length === 0) return;
  const tips = await git.run(['rev-list', '--no-walk', '--ignore-missing', '--stdin'], {
    input: `${commits.join('\n')}\n`,
  });
  const lost = await git.run(['rev-list', '--stdin', '--not', '--branches', '--remotes'], {
    input: `${tips}\n`,
  });
  const unreached = new Set(lost.split('\n'));
  for (const commit of commits) if (unreached.has(commit)) await keep(git, record, commit);
}

async function isThere(path: string): Promise<boolean> {
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
