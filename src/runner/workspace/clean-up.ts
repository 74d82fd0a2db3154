import { rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../../lib/durable-file.ts';
import { settle } from '../../lib/expected-failure.ts';
import { gitIn } from '../../lib/git-place.ts';
import { gitOf } from './commit-turn.ts';
import { sessionRef } from './names.ts';
import { forgetRecord, listRecords, type WorkspaceRecord } from './record.ts';
import { removeWorktree } from './remove-worktree.ts';
import { contextOf, type Room } from './room.ts';
import { discardWorktree, isOfWorktree, type WorktreeRecord } from './worktree.ts';

export const KEPT_FOR_MS = 7 * 24 * 60 * 60 * 1000;

export type CleanUpRequest = {
  /** Whether the person has dismissed the session, so that nothing of it is wanted any more but its branches. */
  readonly isDismissed: (sessionId: string) => boolean;
  /** Whether a thread works in the folder, or may at any moment. */
  readonly isInUse: (cwd: string) => boolean;
  readonly keptForMs?: number;
};

export type CleanUpReport = {
  readonly removed: readonly string[];
  readonly kept: readonly { readonly worktree: string; readonly reason: string }[];
};

/** Removes worktrees that are old or of dismissed sessions. One that holds work stays, and is reported. */
export async function cleanUp(room: Room, request: CleanUpRequest): Promise<CleanUpReport> {
  const removed: string[] = [];
  const kept: { worktree: string; reason: string }[] = [];
  const { keptForMs = KEPT_FOR_MS } = request;
  for (const record of await listRecords(room.home)) {
    if (request.isInUse(record.cwd)) continue;
    const isDismissed = request.isDismissed(record.sessionId);
    const isOld = room.now() - record.usedAt > keptForMs;
    if (!isDismissed && !isOld) continue;
    const done = await settle(() => clean(room, record, isDismissed));
    if (!done.ok)
      kept.push({ worktree: record.worktree ?? record.cwd, reason: done.error.message });
    else if (done.value !== null) removed.push(done.value);
  }
  return { removed, kept };
}

/** Returns the worktree that was removed, if one was. */
async function clean(
  room: Room,
  record: WorkspaceRecord,
  isDismissed: boolean,
): Promise<string | null> {
  const hadWorktree = isOfWorktree(record) && record.state !== 'removed';
  if (hadWorktree) {
    if (record.state === 'creating') await discardUnused(room, record);
    else await removeWorktree(room, record);
    await removeIfEmpty(dirname(record.worktree));
  }
  if (isDismissed) {
    await settle(() => dropSessionRefs(room, record));
    await forgetRecord(room.home, record.key);
  }
  return hadWorktree ? record.worktree : null;
}

async function discardUnused(room: Room, record: WorktreeRecord): Promise<void> {
  const git = gitIn({ owner: 'person', folder: record.repositoryRoot }, contextOf(room));
  await discardWorktree(git, record.worktree);
}

/** The base of the session: its branches hold what they need of it. */
async function dropSessionRefs(room: Room, record: WorkspaceRecord): Promise<void> {
  const { repositoryRoot, store, folder, sessionId } = record;
  const git =
    store === null
      ? gitIn({ owner: 'person', folder: repositoryRoot ?? folder }, contextOf(room))
      : gitOf(room, record);
  const patterns = ['base', 'head', 'upstream/'].map((name) => sessionRef(sessionId, name));
  const refs = await git.run(['for-each-ref', '--format=%(refname)', ...patterns]);
  for (const ref of refs.split('\n').filter((name) => name !== ''))
    await git.ask(['update-ref', '-d', ref]);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
