import { decodeFileName } from '../lib/git-client.ts';
import type { RawEntry } from './files.ts';
import { kindAt } from './folder-paths.ts';
import type { Conflict } from './merge-trees.ts';

/** What stands in the way of new files and is in no tree, because git ignores it. */
export async function obstaclesTo(
  folder: string,
  entries: readonly RawEntry[],
): Promise<Conflict[]> {
  const leaving = new Set(entries.filter(({ letter }) => letter === 'D').map(({ path }) => path));
  const found: Conflict[] = [];
  for (const { path, letter } of entries) {
    if (letter !== 'A') continue;
    if (await isBlocked(folder, path, leaving))
      found.push({ path: decodeFileName(path), kind: 'in-the-way' });
  }
  return found;
}

async function isBlocked(
  folder: string,
  path: string,
  leaving: ReadonlySet<string>,
): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const name = parts.slice(0, depth).join('/');
    const kind = await kindAt(folder, name);
    if (kind === 'nothing') return false;
    if (leaving.has(name)) return false;
    const isLast = depth === parts.length;
    if (isLast) return !(kind === 'folder' && isEmptiedBy(leaving, name));
    if (kind !== 'folder') return true;
  }
  return false;
}

/** A folder whose files all go may become a file; whether it is empty then is seen when it is removed. */
const isEmptiedBy = (leaving: ReadonlySet<string>, folder: string): boolean =>
  [...leaving].some((path) => path.startsWith(`${folder}/`));
