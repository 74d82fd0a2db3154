import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is the folder itself or is in it. Both are absolute; links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const inner = relative(folder, path);
  return inner === '' || (inner !== '..' && !inner.startsWith(`..${sep}`) && !isAbsolute(inner));
}

/** Whether two folders are the same, or one contains the other. */
export const foldersOverlap = (one: string, other: string): boolean =>
  isWithin(one, other) || isWithin(other, one);
