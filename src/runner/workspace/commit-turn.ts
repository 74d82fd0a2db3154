import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasConflictMarkers } from '../../lib/conflict-markers.ts';
import {
  commitTree,
  decodeFileName,
  folderMissing,
  type Git,
  gitIn,
  resolveCommit,
  resolveTree,
} from '../../lib/git-client.ts';
import { sessionRef } from '../../lib/session-refs.ts';
import { type ChangedFile, type WorkingTree, writeWorkingTree } from '../../lib/working-tree.ts';
import { installIndex } from './install-index.ts';
import { isRelated } from './merge-upstream.ts';
import { type WorkspaceRecord, writeRecord } from './record.ts';
import { gitContextOf, temporaryIndex, type WorkspaceContext } from './workspace-context.ts';
import { isUsable, isWorktreeRecord, reconnect, type WorktreeRecord } from './worktree.ts';

export type TurnCommit = {
  readonly commit: string;
  readonly changedFiles: readonly string[];
  /** Messages for the user about changes that no commit contains. */
  readonly notices: readonly string[];
};

/**
 * Commits all files of the folder that are not ignored to the branch of the attempt, and updates its record. Null when
 * nothing has changed since the last turn and there is nothing to report. Neither uses nor waits for the index of the
 * folder: a git that was killed may have left it locked.
 */
export async function commitTurn(
  context: WorkspaceContext,
  record: WorkspaceRecord,
  message: string,
): Promise<TurnCommit | null> {
  const git = gitOf(context, record);
  const top = record.worktree ?? record.repositoryRoot ?? record.folder;
  if (!existsSync(top)) throw folderMissing(top);
  if (isWorktreeRecord(record)) await ensureConnected(context, record);
  const index = await temporaryIndex(context);
  try {
    const content = await writeWorkingTree(git, {
      folder: top,
      temporaryIndex: index,
      isIncluded: isAgentsWork(record),
      excludedFolder: context.home,
    });
    const tip =
      record.worktree === null
        ? await commitToBranch(git, record, content.tree, message)
        : await commitInWorktree(git, record, content.tree, message);
    if (record.worktree !== null || record.store !== null)
      await installIndex(context, git, top, index);
    await writeRecord(context.home, { ...record, lastCommit: tip, usedAt: context.now() });
    const notices = [...noticesOf(content), ...(await unresolvedConflictNotices(git, tip, record))];
    // Reported even if nothing could be committed.
    if (tip === record.lastCommit && notices.length === 0) return null;
    const changed = await changedFiles(git, record.lastCommit, tip);
    return { commit: tip, changedFiles: changed, notices };
  } finally {
    await rm(index, { force: true });
  }
}

/**
 * Without its `.git` file, a worktree would be taken for a part of any repository around the home, such as one for
 * dotfiles, and the commit would go there.
 */
async function ensureConnected(context: WorkspaceContext, record: WorktreeRecord): Promise<void> {
  const gitContext = gitContextOf(context);
  if (await isUsable(record, gitContext)) return;
  const git = gitIn({ owner: 'user', folder: record.repositoryRoot }, gitContext);
  await reconnect(git, record, gitContext);
}

function noticesOf({ skipped, dirtySubmodules }: WorkingTree): string[] {
  const named = (paths: readonly string[]) =>
    paths.map((path) => JSON.stringify(decodeFileName(path)));
  const uncommitted = skipped.filter(({ reason }) => reason !== 'excluded').map(({ path }) => path);
  return [
    ...(uncommitted.length === 0
      ? []
      : [
          `Not committed, because they are separate repositories or unreadable: ${named(uncommitted).join(', ')}.`,
        ]),
    ...(dirtySubmodules.length === 0
      ? []
      : [`Changes inside submodules are not committed: ${named(dirtySubmodules).join(', ')}.`]),
  ];
}

/**
 * Files whose merge conflicts at the start of the attempt were not resolved; otherwise the markers would reach the
 * user's folder.
 */
async function unresolvedConflictNotices(
  git: Git,
  commit: string,
  { conflicts }: WorkspaceRecord,
): Promise<string[]> {
  const left: string[] = [];
  for (const path of conflicts) {
    const text = await git.query(['show', '--end-of-options', `${commit}:${path}`]);
    if (text !== null && hasConflictMarkers(`${text}\n`)) left.push(JSON.stringify(path));
  }
  return left.length === 0 ? [] : [`Conflict markers were not resolved in ${left.join(', ')}.`];
}

export function gitOf(context: WorkspaceContext, record: WorkspaceRecord): Git {
  const { store, folder, worktree, repositoryRoot } = record;
  const location =
    store === null
      ? ({ owner: 'user', folder: worktree ?? repositoryRoot ?? folder } as const)
      : ({ owner: 'cerevisor', folder: store, workTree: folder } as const);
  return gitIn(location, gitContextOf(context));
}

/**
 * Filters out large files, in place, that existed before and have not changed since: they are not the agent's work.
 */
function isAgentsWork({ leftOut }: WorkspaceRecord): (file: ChangedFile) => boolean {
  const before = new Map(leftOut.map((file) => [file.path, file]));
  return ({ path, sizeBytes, modifiedAtMs }) => {
    const old = before.get(path);
    return old === undefined || old.sizeBytes !== sizeBytes || old.modifiedAtMs !== modifiedAtMs;
  };
}

/** Commits to a branch that is checked out nowhere: HEAD and the index of the folder stay unchanged. */
async function commitToBranch(
  git: Git,
  record: WorkspaceRecord,
  tree: string,
  message: string,
): Promise<string> {
  const ref = `refs/heads/${record.branch}`;
  const parent = (await resolveCommit(git, ref)) ?? record.lastCommit;
  if ((await resolveTree(git, parent)) === tree) return parent;
  const commit = await commitTree(git, tree, [parent], message);
  await git.run(['update-ref', '-m', 'turn', ref, commit]);
  return commit;
}

/**
 * Commits to what the worktree has checked out; the agent may have committed, rebased or switched branches. In any
 * case, the branch of the attempt then has the content of the folder, and the worktree is on that branch.
 */
async function commitInWorktree(
  git: Git,
  record: WorkspaceRecord,
  tree: string,
  message: string,
): Promise<string> {
  const ref = `refs/heads/${record.branch}`;
  const head = await resolveCommit(git, 'HEAD');
  const merging = (await mergeHeads(git)).filter((commit) => commit !== head);
  const before = await resolveCommit(git, ref);
  const last = await resolveCommit(git, record.lastCommit);
  const unrelatedParents = await parentIfUnrelated(git, record, head, before ?? last);
  const isClean = head !== null && merging.length === 0 && (await resolveTree(git, head)) === tree;
  const parents = [...unrelatedParents, ...(head === null ? [] : [head]), ...merging];
  const commit =
    isClean && unrelatedParents.length === 0 ? head : await commitTree(git, tree, parents, message);
  for (const old of new Set([before, last])) {
    if (old !== null && !(await isAncestor(git, old, commit)))
      await keepReachable(git, record, old);
  }
  if (before !== commit) await git.run(['update-ref', '-m', 'turn', ref, commit]);
  // During a rebase HEAD must stay unchanged; the agent can still finish it.
  if (await isRebasing(git)) return commit;
  if ((await git.query(['symbolic-ref', '--quiet', 'HEAD'])) !== ref)
    await git.run(['symbolic-ref', '-m', 'turn', 'HEAD', ref]);
  if (merging.length > 0) await git.query(['merge', '--quit']);
  return commit;
}

/**
 * The additional parent for a commit whose history is unrelated to the base, because the branch was deleted or the
 * agent started a new history. Unrelated histories can neither be merged nor applied, so the commit is attached to the
 * last known one.
 */
async function parentIfUnrelated(
  git: Git,
  { baseCommit }: WorkspaceRecord,
  head: string | null,
  lastKnown: string | null,
): Promise<string[]> {
  const isUnrelated = head === null || !(await isRelated(git, head, baseCommit));
  return isUnrelated && lastKnown !== null && lastKnown !== head ? [lastKnown] : [];
}

async function mergeHeads(git: Git): Promise<string[]> {
  const path = await gitPath(git, 'MERGE_HEAD');
  if (!existsSync(path)) return [];
  const heads = await git.query(['rev-parse', '--verify', '--quiet', 'MERGE_HEAD']);
  return heads === null ? [] : heads.split('\n');
}

const isRebasing = async (git: Git): Promise<boolean> =>
  existsSync(await gitPath(git, 'rebase-merge')) || existsSync(await gitPath(git, 'rebase-apply'));

export const gitPath = async (git: Git, name: string): Promise<string> =>
  resolve(git.location.folder, await git.run(['rev-parse', '--git-path', name]));

const isAncestor = async (git: Git, one: string, other: string): Promise<boolean> =>
  (await git.query(['merge-base', '--is-ancestor', one, other])) !== null;

/** Keeps a commit reachable by a ref of the session after the agent rewrote its history. */
export const keepReachable = (
  git: Git,
  { sessionId }: WorkspaceRecord,
  commit: string,
): Promise<string> =>
  git.run(['update-ref', sessionRef(sessionId, `kept/${commit.slice(0, 16)}`), commit]);

async function changedFiles(git: Git, before: string, after: string): Promise<string[]> {
  const names = await git.run(['diff-tree', '-r', '-z', '--name-only', before, after], {
    encoding: 'latin1',
  });
  return names.split('\0').flatMap((name) => (name === '' ? [] : [decodeFileName(name)]));
}
