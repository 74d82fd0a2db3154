import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toResult } from '../../lib/expected-failure.ts';
import { gitIn } from '../../lib/git-client.ts';
import { sessionRef } from '../../lib/session-refs.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { CleanUpReport, CleanUpRequest } from '../workspace-port.ts';
import { gitOf } from './commit-turn.ts';
import { forgetRecord, listRecords, readRecord, type WorkspaceRecord } from './record.ts';
import { removeWorktree } from './remove-worktree.ts';
import { contextOf, type Room, temporaryFolder } from './room.ts';
import { discardWorktree, isOfWorktree, type WorktreeRecord } from './worktree.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** A worktree that nobody has used for so long goes; a further turn makes it again. */
const KEPT_FOR_MS = 7 * DAY_MS;
/** After so long without use, where a session started is forgotten too. Its branches stay. */
const REMEMBERED_FOR_MS = 60 * DAY_MS;

/** Removes worktrees that are old or of dismissed sessions. One that holds work stays, and is reported. */
export async function cleanUp(room: Room, request: CleanUpRequest): Promise<CleanUpReport> {
  const removed: string[] = [];
  const kept: { worktree: string; reason: string }[] = [];
  for (const { key } of await listRecords(room.home)) {
    await room.inTurn(key, async () => {
      // Read again: a turn may have begun since.
      const record = await readRecord(room.home, key);
      if (record === null || request.isInUse(record.cwd)) return;
      const done = await toResult(() => clean(room, record, request));
      if (!done.ok)
        kept.push({ worktree: record.worktree ?? record.cwd, reason: done.error.message });
      else if (done.value !== null) removed.push(done.value);
    });
  }
  await removeTemporaryFiles(room);
  return { removed, kept };
}

/** What a crash left of indexes that are used for a moment. */
async function removeTemporaryFiles(room: Room): Promise<void> {
  const folder = temporaryFolder(room.home);
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null); // Its user has just removed it.
    if (found !== null && room.now() - found.mtimeMs > DAY_MS) await rm(path, { force: true });
  }
}

/** Returns the worktree that was removed, if one was. */
async function clean(
  room: Room,
  record: WorkspaceRecord,
  { isDismissed = () => false }: CleanUpRequest,
): Promise<string | null> {
  const unusedMs = room.now() - record.usedAt;
  const isUnwanted = isDismissed(record.sessionId);
  if (!isUnwanted && unusedMs <= KEPT_FOR_MS) return null;
  const hadWorktree = isOfWorktree(record) && record.state !== 'removed';
  if (hadWorktree) {
    if (record.state === 'creating') await discardUnused(room, record);
    else await removeWorktree(room, record);
    await removeIfEmpty(dirname(record.worktree));
  }
  if (isUnwanted || unusedMs > REMEMBERED_FOR_MS) {
    // A repository that is gone has taken its refs along.
    await toResult(() => dropSessionRefs(room, record));
    await forgetRecord(room.home, record.key);
  }
  return hadWorktree ? record.worktree : null;
}

async function discardUnused(room: Room, record: WorktreeRecord): Promise<void> {
  const git = gitIn({ owner: 'user', folder: record.repositoryRoot }, contextOf(room));
  await discardWorktree(git, record.worktree);
}

/** The base of the session: its branches hold what they need of it. */
async function dropSessionRefs(room: Room, record: WorkspaceRecord): Promise<void> {
  const { repositoryRoot, store, folder, sessionId } = record;
  const git =
    store === null
      ? gitIn({ owner: 'user', folder: repositoryRoot ?? folder }, contextOf(room))
      : gitOf(room, record);
  const patterns = ['base', 'head', 'upstream/'].map((name) => sessionRef(sessionId, name));
  const refs = await git.run(['for-each-ref', '--format=%(refname)', ...patterns]);
  for (const ref of refs.split('\n').filter((name) => name !== ''))
    await git.query(['update-ref', '-d', ref]);
}

async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
