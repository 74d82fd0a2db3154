import { existsSync } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toResult } from '../../lib/expected-failure.ts';
import { gitIn } from '../../lib/git-client.ts';
import { sessionRef } from '../../lib/session-refs.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { CleanUpReport, CleanUpRequest } from '../workspace-port.ts';
import { gitOf } from './commit-turn.ts';
import { deleteRecord, listRecords, readRecord, type WorkspaceRecord } from './record.ts';
import { removeWorktree } from './remove-worktree.ts';
import { gitContextOf, temporaryFolder, type WorkspaceContext } from './workspace-context.ts';
import { discardWorktree, isWorktreeRecord, type WorktreeRecord } from './worktree.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Unused worktrees are removed after this time; a further turn restores them. */
const WORKTREE_RETENTION_MS = 7 * DAY_MS;
/** The record of an unused worktree and the refs of its session are deleted after this time. Branches stay. */
const RECORD_RETENTION_MS = 60 * DAY_MS;

/**
 * Removes worktrees that are old or belong to dismissed sessions. One with work that no branch contains is kept and
 * reported.
 */
export async function cleanUp(
  context: WorkspaceContext,
  request: CleanUpRequest,
): Promise<CleanUpReport> {
  const removed: string[] = [];
  const kept: { worktree: string; reason: string }[] = [];
  for (const { key } of await listRecords(context.home)) {
    await context.runExclusive(key, async () => {
      // Read again: a turn may have started since.
      const record = await readRecord(context.home, key);
      if (record === null || request.isInUse(record.cwd)) return;
      const outcome = await toResult(() => cleanUpRecord(context, record, request));
      if (!outcome.ok)
        kept.push({ worktree: record.worktree ?? record.cwd, reason: outcome.error.message });
      else if (outcome.value !== null) removed.push(outcome.value);
    });
  }
  await removeTemporaryFiles(context);
  return { removed, kept };
}

/** Removes temporary indexes that a crash left. */
async function removeTemporaryFiles(context: WorkspaceContext): Promise<void> {
  const folder = temporaryFolder(context.home);
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await stat(path).catch(() => null); // It was removed in the meantime.
    if (stats !== null && context.now() - stats.mtimeMs > DAY_MS) await rm(path, { force: true });
  }
}

/** Returns the path of the removed worktree; null if none was removed. */
async function cleanUpRecord(
  context: WorkspaceContext,
  record: WorkspaceRecord,
  { isDismissed = () => false }: CleanUpRequest,
): Promise<string | null> {
  const unusedMs = context.now() - record.usedAt;
  const isOfDismissedSession = isDismissed(record.sessionId);
  if (!isOfDismissedSession && unusedMs <= WORKTREE_RETENTION_MS) return null;
  const hadWorktree = isWorktreeRecord(record) && record.state !== 'removed';
  if (hadWorktree) {
    if (record.state === 'creating') await discardUnused(context, record);
    else await removeWorktree(context, record);
    await removeIfEmpty(dirname(record.worktree));
  }
  if (isOfDismissedSession || unusedMs > RECORD_RETENTION_MS) {
    // Fails if the repository was deleted, and the refs with it.
    await toResult(() => dropSessionRefs(context, record));
    await deleteRecord(context.home, record.key);
  }
  return hadWorktree ? record.worktree : null;
}

async function discardUnused(context: WorkspaceContext, record: WorktreeRecord): Promise<void> {
  const git = gitIn({ owner: 'user', folder: record.repositoryRoot }, gitContextOf(context));
  await discardWorktree(git, record.worktree);
}

/** Deletes the refs of the session. Its branches contain the commits that they need. */
async function dropSessionRefs(context: WorkspaceContext, record: WorkspaceRecord): Promise<void> {
  const { repositoryRoot, store, folder, sessionId } = record;
  const git =
    store === null
      ? gitIn({ owner: 'user', folder: repositoryRoot ?? folder }, gitContextOf(context))
      : gitOf(context, record);
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
