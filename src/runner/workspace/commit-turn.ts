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
import { isRelated } from './merge-bases.ts';
import { type WorkspaceRecord, writeRecord } from './record.ts';
import { contextOf, type Room, temporaryIndex } from './room.ts';
import { isOfWorktree, isUsable, reconnect, type WorktreeRecord } from './worktree.ts';

export type TurnCommit = {
  readonly commit: string;
  readonly changedFiles: readonly string[];
  /** In words for people: what no commit holds. */
  readonly notices: readonly string[];
};

/**
 * Commits what is in the folder, without what is ignored, to the branch of the attempt, and writes down that this was
 * done. Null when nothing changed since the last turn, and nothing is to be told. The index is neither needed nor waited for: a git that was ended
 * in the middle may have left it locked.
 */
export async function commitTurn(
  room: Room,
  record: WorkspaceRecord,
  message: string,
): Promise<TurnCommit | null> {
  const git = gitOf(room, record);
  const top = record.worktree ?? record.repositoryRoot ?? record.folder;
  if (!existsSync(top)) throw folderMissing(top);
  if (isOfWorktree(record)) await ensureConnected(room, record);
  const index = await temporaryIndex(room);
  try {
    const content = await writeWorkingTree(git, {
      folder: top,
      temporaryIndex: index,
      isIncluded: isWork(record),
      excludedFolder: room.home,
    });
    const tip =
      record.worktree === null
        ? await commitBeside(git, record, content.tree, message)
        : await commitInWorktree(git, record, content.tree, message);
    if (record.worktree !== null || record.store !== null)
      await installIndex(room, git, top, index);
    await writeRecord(room.home, { ...record, lastCommit: tip, usedAt: room.now() });
    const notices = [...noticesOf(content), ...(await unresolvedIn(git, tip, record))];
    // What no commit holds is told, also where it is everything that was done.
    if (tip === record.lastCommit && notices.length === 0) return null;
    const changed = await changedFiles(git, record.lastCommit, tip);
    return { commit: tip, changedFiles: changed, notices };
  } finally {
    await rm(index, { force: true });
  }
}

/**
 * Without its `.git` file a worktree would be taken for a part of whatever repository lies around the home, such as one
 * of the person's dotfiles, and the commit would land there.
 */
async function ensureConnected(room: Room, record: WorktreeRecord): Promise<void> {
  const context = contextOf(room);
  if (await isUsable(record, context)) return;
  const git = gitIn({ owner: 'user', folder: record.repositoryRoot }, context);
  await reconnect(git, record, context);
}

function noticesOf({ skipped, dirtySubmodules }: WorkingTree): string[] {
  const named = (paths: readonly string[]) =>
    paths.map((path) => JSON.stringify(decodeFileName(path)));
  const missing = skipped.filter(({ reason }) => reason !== 'excluded').map(({ path }) => path);
  return [
    ...(missing.length === 0
      ? []
      : [
          `Not committed, because they are separate repositories or unreadable: ${named(missing).join(', ')}.`,
        ]),
    ...(dirtySubmodules.length === 0
      ? []
      : [`Changes inside submodules are not committed: ${named(dirtySubmodules).join(', ')}.`]),
  ];
}

/** Conflicts of the merge that the attempt began with: what nobody resolved would get into the person's folder. */
async function unresolvedIn(
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

export function gitOf(room: Room, record: WorkspaceRecord): Git {
  const { store, folder, worktree, repositoryRoot } = record;
  const place =
    store === null
      ? ({ owner: 'user', folder: worktree ?? repositoryRoot ?? folder } as const)
      : ({ owner: 'cerevisor', folder: store, workTree: folder } as const);
  return gitIn(place, contextOf(room));
}

/** In place, a large file that was there before and has not changed since is not the work of the agent. */
function isWork({ leftOut }: WorkspaceRecord): (file: ChangedFile) => boolean {
  const before = new Map(leftOut.map((file) => [file.path, file]));
  return ({ path, sizeBytes, modifiedAtMs }) => {
    const old = before.get(path);
    return old === undefined || old.sizeBytes !== sizeBytes || old.modifiedAtMs !== modifiedAtMs;
  };
}

/** Onto a branch of ours that nothing is checked out from: HEAD and the index of the folder stay as they are. */
async function commitBeside(
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
 * Onto what the worktree has checked out, which the agent may have committed to, rebased or switched itself. Whatever it
 * did, the branch of the attempt then holds the content of the folder, and the worktree is on that branch.
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
  const cutOff = await cutOffFrom(git, record, head, before ?? last);
  const isClean = head !== null && merging.length === 0 && (await resolveTree(git, head)) === tree;
  const parents = [...cutOff, ...(head === null ? [] : [head]), ...merging];
  const commit =
    isClean && cutOff.length === 0 ? head : await commitTree(git, tree, parents, message);
  for (const old of new Set([before, last])) {
    if (old !== null && !(await isAncestor(git, old, commit))) await keep(git, record, old);
  }
  if (before !== commit) await git.run(['update-ref', '-m', 'turn', ref, commit]);
  // In the middle of a rebase HEAD belongs to it; the agent can still end it.
  if (await isRebasing(git)) return commit;
  if ((await git.query(['symbolic-ref', '--quiet', 'HEAD'])) !== ref)
    await git.run(['symbolic-ref', '-m', 'turn', 'HEAD', ref]);
  if (merging.length > 0) await git.query(['merge', '--quit']);
  return commit;
}

/**
 * The branch was deleted under the worktree, or the agent began a history of its own. What shares no commit with the base
 * can neither be merged into the work of others nor be applied, so it is tied to where the attempt was before.
 */
async function cutOffFrom(
  git: Git,
  { baseCommit }: WorkspaceRecord,
  head: string | null,
  known: string | null,
): Promise<string[]> {
  const isCutOff = head === null || !(await isRelated(git, head, baseCommit));
  return isCutOff && known !== null && known !== head ? [known] : [];
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

/** The agent rewrote its own commits: the old ones stay within reach, as nobody asked us to lose them. */
export const keep = (git: Git, { sessionId }: WorkspaceRecord, commit: string): Promise<string> =>
  git.run(['update-ref', sessionRef(sessionId, `kept/${commit.slice(0, 16)}`), commit]);

async function changedFiles(git: Git, before: string, after: string): Promise<string[]> {
  const names = await git.run(['diff-tree', '-r', '-z', '--name-only', before, after], {
    encoding: 'latin1',
  });
  return names.split('\0').flatMap((name) => (name === '' ? [] : [decodeFileName(name)]));
}
