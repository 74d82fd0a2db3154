import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFoundError } from '../../lib/system-error.ts';
import { ThreadLog } from '../log/thread-log.ts';
import { emptyThread, evolve, openTurn, type ThreadState } from '../threads/thread-state.ts';

/** A log is kept longer than the backups of the journal, from which it might have to be imported again. */
export const RETENTION_MS = 7 * 24 * 3_600_000;

export type PruneRequest = {
  /** Contains one folder for each thread. */
  readonly folder: string;
  readonly now: number;
  /** Whether a runner has the thread open. */
  readonly isInUse: (threadId: string) => boolean;
};

/**
 * Removes the files of threads that did not change for 7 days and whose items the journal has acknowledged completely.
 * Returns their ids.
 */
export async function pruneThreads({
  folder,
  now,
  isInUse,
}: PruneRequest): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const threadId of await namesIn(folder)) {
    const threadFolder = join(folder, threadId);
    const log = join(threadFolder, 'log.ndjson');
    const changedAt = await modifiedAt(log);
    if (changedAt === null || now - changedAt < RETENTION_MS || isInUse(threadId)) continue;
    if (!isAcknowledged(await stateIn(log))) continue;
    await rm(threadFolder, { recursive: true, force: true });
    removed.push(threadId);
  }
  return removed;
}

async function stateIn(path: string): Promise<ThreadState> {
  let state = emptyThread;
  const log = await ThreadLog.open(path, (stored) => {
    state = evolve(state, stored);
  });
  await log.close();
  return state;
}

const isAcknowledged = (state: ThreadState): boolean =>
  openTurn(state) === undefined && state.acknowledgedUpTo >= state.lastEndedSeq;

async function modifiedAt(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (isNotFoundError(error)) return null;
    throw error;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isNotFoundError(error)) return [];
    throw error;
  }
}
