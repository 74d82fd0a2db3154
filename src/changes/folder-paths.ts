import { lstat } from 'node:fs/promises';
import { fileNameBytes } from '../lib/git-client.ts';
import { isNotFoundError } from '../lib/system-error.ts';

/** What is at a path of a folder, without following a link there. */
export async function kindAt(
  folder: string,
  path: string,
): Promise<'nothing' | 'file' | 'link' | 'folder' | 'other'> {
  try {
    const stats = await lstat(pathIn(folder, path));
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  } catch (error) {
    if (isNotFoundError(error)) return 'nothing';
    throw error;
  }
}

/** The full path of a git path in a folder, as bytes. */
export const pathIn = (folder: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), fileNameBytes(path)]);
