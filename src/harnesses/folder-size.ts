import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isNotFoundError } from '../lib/system-error.ts';

/** Total size in bytes of all files below a folder. Files that appear or disappear meanwhile may or may not count. */
export async function folderSize(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      entries.flatMap((entry) =>
        entry.isFile() ? [fileSize(join(entry.parentPath, entry.name))] : [],
      ),
    );
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  } catch (error) {
    if (isNotFoundError(error)) return 0;
    throw error;
  }
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isNotFoundError(error)) return 0;
    throw error;
  }
}
