import { copyFile, stat, utimes } from 'node:fs/promises';

/**
 * Copies git's index, including the time of its last change. Git compares that time with those of the files: if a file
 * was changed in the same second, its size and times may look unchanged, so git reads its content. In a copy with a later
 * time, git would miss such a change.
 */
export async function copyGitIndex(from: string, to: string, mode: number): Promise<void> {
  // Read first: if git replaces the index meanwhile, an earlier time only makes it read more files.
  const { mtimeMs } = await stat(from);
  await copyFile(from, to, mode);
  const seconds = Math.floor(mtimeMs / 1000);
  await utimes(to, seconds, seconds);
}
