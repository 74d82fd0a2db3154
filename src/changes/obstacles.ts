import { decodeFileName } from '../lib/git-client.ts';
import { caseRenames, isAlias } from './case-renames.ts';
import type { RawEntry } from './files.ts';
import { kindAt } from './folder-paths.ts';
import type { Conflict } from './merge-trees.ts';

/** Ignored files that are at the paths of new files. They are in no tree, so a merge does not report them. */
export async function findObstacles(
  folder: string,
  entries: readonly RawEntry[],
): Promise<Conflict[]> {
  const deleted = new Set(entries.filter(({ letter }) => letter === 'D').map(({ path }) => path));
  const renames = caseRenames(entries);
  const obstacles: Conflict[] = [];
  for (const { path, letter } of entries) {
    if (letter !== 'A') continue;
    // The file to be renamed is in its own way.
    if (renames.has(path) && (await isAlias(folder, path))) continue;
    if (await isBlocked(folder, path, deleted))
      obstacles.push({ path: decodeFileName(path), kind: 'in-the-way' });
  }
  return obstacles;
}

async function isBlocked(
  folder: string,
  path: string,
  deleted: ReadonlySet<string>,
): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const name = parts.slice(0, depth).join('/');
    const kind = await kindAt(folder, name);
    if (kind === 'nothing') return false;
    if (deleted.has(name)) return false;
    const isLast = depth === parts.length;
    if (isLast) return !(kind === 'folder' && isEmptiedByDeletions(deleted, name));
    if (kind !== 'folder') return true;
  }
  return false;
}

/** A folder whose files are all deleted may become a file. Whether it is then empty is checked on removal. */
const isEmptiedByDeletions = (deleted: ReadonlySet<string>, folder: string): boolean =>
  [...deleted].some((path) => path.startsWith(`${folder}/`));
