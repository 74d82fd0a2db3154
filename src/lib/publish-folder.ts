import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';

/**
 * Gives a complete folder its final name, in one step, so that a crash leaves no incomplete one there. If someone else
 * made the folder at the same time, theirs is kept and this one is removed.
 */
export async function publishFolder(staging: string, path: string): Promise<void> {
  try {
    await rename(staging, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
    await rm(staging, { recursive: true, force: true });
  }
}
