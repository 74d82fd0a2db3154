import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is the folder itself or is in it. Both are absolute; links are not followed. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Whether one of two folders is the other one, or is in it. */
export const overlap = (one: string, other: string): boolean =>
  isWithin(one, other) || isWithin(other, one);
