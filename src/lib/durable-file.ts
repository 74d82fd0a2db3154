import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from './system-error.ts';

/**
 * Replaces a file atomically: readers see either the complete old file or the complete new one, and the new one survives
 * a power failure once this returns. A link is followed; an existing file keeps its mode.
 *
 * @throws the error of the file system; the old file is then unchanged
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> {
  const existing = await existingFile(path);
  const target = existing?.path ?? path;
  const name = `.${basename(target).slice(0, 60)}.${crypto.randomUUID().slice(0, 13)}.tmp`;
  const temporary = join(dirname(target), name);
  try {
    await writeAndSync(temporary, content, existing?.mode ?? options.mode ?? 0o644);
    await renameDurably(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Renames a file within a folder, replacing any file there, and flushes the folder so that a crash cannot undo it. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await renameWithRetries(from, to);
  // Windows cannot open a folder, and a rename needs no flush there.
  if (process.platform === 'win32') return;
  await using folder = await open(dirname(to), 'r');
  await folder.sync();
}

async function writeAndSync(path: string, content: string | Uint8Array, mode: number) {
  await using file = await open(path, 'wx', mode);
  await file.writeFile(content);
  await file.sync();
}

async function existingFile(path: string): Promise<{ path: string; mode: number } | undefined> {
  try {
    const target = await realpath(path);
    return { path: target, mode: (await stat(target)).mode & 0o777 };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** On Windows, a virus scanner or an indexer may briefly hold a file open, so that renaming over it fails at first. */
const transientErrors = new Set(['EPERM', 'EBUSY', 'EACCES']);
const delaysMs = [10, 30, 90, 270, 800];

async function renameWithRetries(from: string, to: string): Promise<void> {
  for (const delayMs of process.platform === 'win32' ? delaysMs : []) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!transientErrors.has(systemErrorCode(error) ?? '')) throw error;
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }
  await rename(from, to);
}
