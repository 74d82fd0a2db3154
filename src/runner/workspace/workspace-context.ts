import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../lib/git.ts';
import type { GitContext } from '../../lib/git-client.ts';
import type { KeyedQueue } from '../../lib/keyed-queue.ts';

/** What the functions of this folder share. */
export type WorkspaceContext = {
  /** Home folder of Cerevisor, with links resolved. */
  readonly home: string;
  /** Environment of commands and of git. Our keys are removed from it. */
  readonly environment: Environment;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly setupTimeoutMs: number;
  /** How long a stopped command may take to exit by itself. */
  readonly setupGraceMs: number;
  /** How long to wait for a lock on the index of a worktree. */
  readonly lockWaitMs: number;
  /** Runs tasks with the same key one after the other. */
  readonly runExclusive: KeyedQueue;
};

export const gitContextOf = (
  { environment }: WorkspaceContext,
  signal?: AbortSignal,
): GitContext => ({
  environment,
  ...(signal !== undefined && { signal }),
});

export const temporaryFolder = (home: string): string => join(home, 'local-runs', 'temporary');

/** A path for a temporary index below the home. The caller deletes the file. */
export async function temporaryIndex({ home }: WorkspaceContext): Promise<string> {
  const folder = temporaryFolder(home);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${randomUUID()}.index`);
}
