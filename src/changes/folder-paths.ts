import { lstat } from 'node:fs/promises';
import { fileNameBytes } from '../lib/git-client.ts';
import { isNotFoundError } from '../lib/system-error.ts';

export async function kindAt(
  folder: string,
  path: string,
): Promise<'nothing' | 'file' | 'link' | 'folder' | 'other'> {
  try {
    const found = await lstat(pathIn(folder, path));
    if (found.isSymbolicLink()) return 'link';
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isNotFoundError(error)) return 'nothing';
    throw error;
  }
}

/** A path of git's in a folder, as bytes. */
export const pathIn = (folder: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), fileNameBytes(path)]);
