import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../lib/system-error.ts';

/** The bytes of all files below a folder; what appears or goes meanwhile may count or not. */
export async function sizeOfFolder(folder: string): Promise<number> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      entries.flatMap((entry) =>
        entry.isFile() ? [sizeOfFile(join(entry.parentPath, entry.name))] : [],
      ),
    );
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
