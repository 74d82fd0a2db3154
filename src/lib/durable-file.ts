import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from './system-error.ts';

/**
 * Replaces a file atomically: at every moment it is either the complete old file or the complete new one, and the new
 * one survives a power cut once this returns. A link is followed; an existing file keeps its mode.
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

/** Renames within a folder (replacing what is there) and flushes the folder, without which a crash may undo it. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await renameWithPatience(from, to);
  // Windows cannot open a folder; there a rename needs no flush of its own.
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

/** On Windows a virus scanner or an indexer may hold a file for a moment; renaming over it works a little later. */
const passing = new Set(['EPERM', 'EBUSY', 'EACCES']);
const pausesMs = [10, 30, 90, 270, 800];

async function renameWithPatience(from: string, to: string): Promise<void> {
  for (const pauseMs of process.platform === 'win32' ? pausesMs : []) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (!passing.has(systemErrorCode(error) ?? '')) throw error;
      await sleep(pauseMs * (0.5 + Math.random()));
    }
  }
  await rename(from, to);
}
