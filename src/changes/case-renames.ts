import { readdir } from 'node:fs/promises';
import { fileNameBytes } from '../lib/git-client.ts';
import type { RawEntry } from './files.ts';
import { kindAt, pathIn } from './folder-paths.ts';

/**
 * Renames that change only the case of letters, such as `Readme.md` to `README.md`. On a disk that ignores case, as on
 * macOS and Windows, both paths are the same file.
 */

/** Git paths are bytes, of which only the letters of ASCII and Latin have a case here; that is enough to find candidates. */
export const caseKey = (path: string): string =>
  fileNameBytes(path).toString('utf8').normalize('NFC').toLowerCase();

/** The deleted path of each new path that differs from it only in case. */
export function caseRenames(entries: readonly RawEntry[]): ReadonlyMap<string, RawEntry> {
  const deleted = new Map<string, RawEntry>();
  for (const entry of entries) if (entry.letter === 'D') deleted.set(caseKey(entry.path), entry);
  const renames = new Map<string, RawEntry>();
  for (const { path, letter } of entries) {
    const before = letter === 'A' ? deleted.get(caseKey(path)) : undefined;
    if (before !== undefined) renames.set(path, before);
  }
  return renames;
}

/** Whether a file is at a path only because the disk ignores case: its own name, or that of a folder, is another one. */
export async function isAlias(folder: string, path: string): Promise<boolean> {
  if ((await kindAt(folder, path)) === 'nothing') return false;
  const parts = path.split('/');
  for (const [depth, part] of parts.entries()) {
    const parent = parts.slice(0, depth).join('/');
    const names = await readdir(depth === 0 ? folder : pathIn(folder, parent), 'buffer');
    const wanted = fileNameBytes(part);
    if (!names.some((name) => name.equals(wanted))) return true;
  }
  return false;
}

/**
 * Leaves out renames that the disk has already. Git's index keeps the old name there until the user renames the file with
 * git, so they would be found again each time.
 */
export async function withoutAppliedRenames(
  folder: string,
  entries: readonly RawEntry[],
): Promise<RawEntry[]> {
  const applied = new Set<string>();
  for (const [path, before] of caseRenames(entries)) {
    const after = entries.find((entry) => entry.path === path);
    const isSame = after?.newId === before.oldId && after.newMode === before.oldMode;
    if (!isSame || !(await isAlias(folder, before.path)) || (await isAlias(folder, path))) continue;
    applied.add(path).add(before.path);
  }
  return entries.filter(({ path }) => !applied.has(path));
}
