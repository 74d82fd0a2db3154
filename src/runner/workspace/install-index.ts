import { constants, copyFile, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Git } from '../../lib/git-client.ts';
import { systemErrorCode } from '../../lib/system-error.ts';
import type { Room } from './room.ts';

const EVERY_MS = 200;

/**
 * Makes an index of ours the one of a worktree, by git's own rules: whoever creates `index.lock` may replace `index`.
 * Returns false when the lock was held all the time; git then sees the commit as changes that are not staged, and
 * nothing is lost. The lock is never broken: a git that is still at work may hold it.
 */
export async function installIndex(
  room: Room,
  git: Git,
  folder: string,
  index: string,
): Promise<boolean> {
  const target = resolve(folder, await git.run(['rev-parse', '--git-path', 'index']));
  const lock = `${target}.lock`;
  for (let waitedMs = 0; ; waitedMs += EVERY_MS) {
    try {
      await copyFile(index, lock, constants.COPYFILE_EXCL);
      await rename(lock, target);
      return true;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
      if (waitedMs >= room.lockWaitMs) return false;
      await room.sleep(EVERY_MS);
    }
  }
}
