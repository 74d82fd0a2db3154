import { constants, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { copyGitIndex } from '../../lib/copy-git-index.ts';
import type { Git } from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { WorkspaceContext } from './workspace-context.ts';

const RETRY_EVERY_MS = 200;

/**
 * Replaces the index of a worktree, following git's protocol: whoever creates `index.lock` may replace `index`. Returns
 * false if the lock was held for the whole wait; git then shows the commit as unstaged changes, and nothing is lost.
 * The lock is never removed, because a running git may hold it.
 */
export async function installIndex(
  context: WorkspaceContext,
  git: Git,
  folder: string,
  index: string,
): Promise<boolean> {
  const target = resolve(folder, await git.run(['rev-parse', '--git-path', 'index']));
  const lock = `${target}.lock`;
  for (let waitedMs = 0; ; waitedMs += RETRY_EVERY_MS) {
    try {
      await copyGitIndex(index, lock, constants.COPYFILE_EXCL);
      await rename(lock, target);
      return true;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
      if (waitedMs >= context.lockWaitMs) return false;
      await context.sleep(RETRY_EVERY_MS);
    }
  }
}
