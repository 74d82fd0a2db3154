import { chmod, copyFile, mkdir, rename, rm, rmdir, symlink, unlink } from 'node:fs/promises';
import { systemErrorCode } from '../lib/system-error.ts';
import { kindAt, pathIn } from './folder-paths.ts';
import type { FileState } from './undo-record.ts';

/** Something unexpected is at a path. */
class PathBlockedError extends Error {}

/**
 * Brings a path to a state. Files are replaced atomically. Parent folders must not be links, which could lead out of the
 * user's folder.
 */
export async function writeState(
  folder: string,
  path: string,
  state: FileState,
  /** The content, for a file. */
  source: string,
): Promise<void> {
  if (state.kind === 'nothing') return await removeFile(folder, path);
  await makeParents(folder, path);
  const target = pathIn(folder, path);
  const slash = path.lastIndexOf('/') + 1;
  const name = `.cerevisor-${crypto.randomUUID().slice(0, 13)}.tmp`;
  const temporary = pathIn(folder, `${path.slice(0, slash)}${name}`);
  try {
    if (state.kind === 'link') await symlink(Buffer.from(state.target, 'latin1'), temporary);
    else {
      await copyFile(source, temporary);
      await chmod(temporary, state.mode);
    }
    // An empty folder is replaced by a file of the same name.
    if ((await kindAt(folder, path)) === 'folder') await rmdir(target);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function makeParents(folder: string, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (const [index] of parts.entries()) {
    const parent = parts.slice(0, index + 1).join('/');
    await mkdir(pathIn(folder, parent)).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    });
    if ((await kindAt(folder, parent)) !== 'folder') throw new PathBlockedError(parent);
  }
}

async function removeFile(folder: string, path: string): Promise<void> {
  const parts = path.split('/');
  for (let depth = 1; depth < parts.length; depth += 1) {
    const kind = await kindAt(folder, parts.slice(0, depth).join('/'));
    if (kind === 'nothing') return;
    if (kind !== 'folder') throw new PathBlockedError(path);
  }
  await unlink(pathIn(folder, path)).catch((error: unknown) => {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
  });
  // As in git, folders are removed with their last file.
  for (let depth = parts.length - 1; depth > 0; depth -= 1) {
    const wasEmpty = await removeIfEmpty(pathIn(folder, parts.slice(0, depth).join('/')));
    if (!wasEmpty) return;
  }
}

async function removeIfEmpty(folder: Buffer): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM'].includes(systemErrorCode(error) ?? ''))
      return false;
    throw error;
  }
}
