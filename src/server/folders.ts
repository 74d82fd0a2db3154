import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { FolderList } from '../contract/folders.ts';
import type { Outcome } from '../engine/api.ts';
import type { Journal } from '../journal/types.ts';
import { isWithin } from '../lib/folders.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { failed } from './failure.ts';

/** More than anyone looks through: whoever has more types the path. */
const MOST_FOLDERS = 500;
const MOST_RECENT = 8;
/** Sessions that are looked through for folders. */
const MOST_SESSIONS = 200;

export type FolderSources = {
  /** The person's home folder: nothing outside of it is listed. */
  readonly homeFolder: string;
  readonly journal: Pick<Journal, 'sessions'>;
};

/**
 * The folders in a folder of the person's, to choose one that agents work in. Names of folders alone: no files, nothing
 * hidden, and nothing outside the home folder, whatever links lead there. Errors: `folder_missing`, `folder_not_listed`.
 */
export async function listFolders(
  { homeFolder, journal }: FolderSources,
  asked: string | undefined,
): Promise<Outcome<FolderList>> {
  if (asked !== undefined && !isAbsolute(asked))
    return failed('bad_request', `"${asked}" is not an absolute path.`);
  const home = await realpath(homeFolder);
  const found = await folderAt(asked ?? home);
  if (!found.ok) return found;
  const path = found.value;
  if (!isWithin(home, path))
    return failed(
      'folder_not_listed',
      `${path} is outside your home folder, and only folders inside it are listed.`,
      'Type the path of the folder instead.',
    );
  const names = await folderNames(home, path);
  return {
    ok: true,
    value: {
      path,
      parent: path === home ? null : dirname(path),
      isRepository: isRepository(path),
      folders: names.slice(0, MOST_FOLDERS).map((name) => ({
        name,
        path: join(path, name),
        isRepository: isRepository(join(path, name)),
      })),
      isCut: names.length > MOST_FOLDERS,
      recent: recentFolders(journal),
    },
  };
}

async function folderAt(path: string): Promise<Outcome<string>> {
  try {
    const real = await realpath(path);
    await readdir(real);
    return { ok: true, value: real };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = reasons[code] ?? `it cannot be opened (${code})`;
    return failed('folder_missing', `${path} cannot be listed: ${reason}.`, 'Choose another one.');
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
};

async function folderNames(home: string, path: string): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const isFolder =
      entry.isDirectory() ||
      (entry.isSymbolicLink() && (await leadsToFolder(home, join(path, entry.name))));
    if (isFolder) names.push(entry.name);
  }
  return names.sort((one, other) => one.localeCompare(other));
}

/** A link counts where it leads to a folder that could be listed as well. */
async function leadsToFolder(home: string, link: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    return isWithin(home, target) && (await stat(target)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false; // It leads nowhere, or to where this user may not go.
  }
}

/** Its top: what git calls a worktree has a file instead of a folder there. */
const isRepository = (folder: string): boolean => existsSync(join(folder, '.git'));

/** Folders that sessions worked in, the newest first; those that are gone are left out. */
function recentFolders(journal: FolderSources['journal']): FolderList['recent'] {
  const { rows } = journal.sessions({
    mode: 'local',
    includeDismissed: true,
    limit: MOST_SESSIONS,
  });
  const paths = new Set(rows.flatMap(({ state }) => state.local?.folder ?? []));
  return [...paths]
    .filter((path) => existsSync(path))
    .slice(0, MOST_RECENT)
    .map((path) => ({ path, isRepository: isRepository(path) }));
}
