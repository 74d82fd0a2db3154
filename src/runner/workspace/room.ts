import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../lib/git.ts';
import type { GitContext } from '../../lib/git-client.ts';
import type { KeyedQueue } from '../../lib/keyed-queue.ts';

/** What everything here needs to know of the machine. */
export type Room = {
  /** Real path of the home of Cerevisor. */
  readonly home: string;
  /** Of the commands and of git. Keys of ours are taken out of it. */
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly setupTimeoutMs: number;
  /** How long a command that is ended may take to end by itself. */
  readonly setupGraceMs: number;
  /** How long to wait for a lock on the index of a worktree. */
  readonly lockWaitMs: number;
  /** Acts with one key happen one after the other. */
  readonly inTurn: KeyedQueue;
};

export const contextOf = ({ environment }: Room, signal?: AbortSignal): GitContext => ({
  environment,
  ...(signal !== undefined && { signal }),
});

export const temporaryFolder = (home: string): string => join(home, 'local-runs', 'temporary');

/** A path for an index of ours, on the disk of the home. The caller removes the file. */
export async function temporaryIndex({ home }: Room): Promise<string> {
  const folder = temporaryFolder(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${randomUUID()}.index`);
}
