import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFoundError } from '../../lib/system-error.ts';
import { ThreadLog } from '../log/thread-log.ts';
import { emptyThread, evolve, openTurn, type ThreadState } from '../threads/thread-state.ts';

/** The journal's backups are young; a log is kept longer than any of them would be missed. */
export const KEPT_FOR_MS = 7 * 24 * 3_600_000;

export type PruneRequest = {
  /** With a folder for each thread. */
  readonly folder: string;
  readonly now: number;
  /** Some runner has the thread in its hands. */
  readonly isHeld: (threadId: string) => boolean;
};

/**
 * Removes what is left of threads that nobody can miss: nothing happened for 7 days, and the journal has everything and
 * said so. Answers with their ids.
 */
export async function pruneThreads({
  folder,
  now,
  isHeld,
}: PruneRequest): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const threadId of await namesIn(folder)) {
    const place = join(folder, threadId);
    const log = join(place, 'log.ndjson');
    const changedAt = await changeOf(log);
    if (changedAt === null || now - changedAt < KEPT_FOR_MS || isHeld(threadId)) continue;
    if (!isAcknowledged(await stateIn(log))) continue;
    await rm(place, { recursive: true, force: true });
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

async function changeOf(file: string): Promise<number | null> {
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
