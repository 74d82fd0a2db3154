import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import type { FolderList } from '../contract/folders.ts';
import type { Outcome } from '../engine/api.ts';
import type { Journal } from '../journal/types.ts';
import { isWithin } from '../lib/folders.ts';
import { systemErrorCode, systemErrorReason } from '../lib/system-error.ts';
import { failed } from './failure.ts';

/** Nobody scrolls through more; users with more folders can type the path. */
const MAX_FOLDERS = 500;
const MAX_RECENT = 8;
/** The number of sessions that are searched for recent folders. */
const MAX_SESSIONS = 200;

export type FolderSources = {
  /** The user's home folder; nothing outside it is listed. */
  readonly homeFolder: string;
  readonly journal: Pick<Journal, 'sessions'>;
};

/**
 * Lists the folders in a folder of the user, to choose one for agents to work in. Files, hidden folders, and links that
 * lead outside the home folder are not listed. Errors: `folder_missing`, `folder_not_listed`.
 */
export async function listFolders(
  { homeFolder, journal }: FolderSources,
  requestedPath: string | undefined,
): Promise<Outcome<FolderList>> {
  if (requestedPath !== undefined && !isAbsolute(requestedPath))
    return failed('bad_request', `"${requestedPath}" is not an absolute path.`);
  const home = await realpath(homeFolder);
  const resolved = await resolveFolder(requestedPath ?? home);
  if (!resolved.ok) return resolved;
  const path = resolved.value;
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
      folders: names.slice(0, MAX_FOLDERS).map((name) => ({
        name,
        path: join(path, name),
        isRepository: isRepository(join(path, name)),
      })),
      isCut: names.length > MAX_FOLDERS,
      recent: recentFolders(journal),
    },
  };
}

async function resolveFolder(path: string): Promise<Outcome<string>> {
  try {
    const real = await realpath(path);
    await readdir(real);
    return { ok: true, value: real };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    const reason = reasons[code] ?? systemErrorReason(error);
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

/** Whether a link leads to a folder inside the home folder. */
async function leadsToFolder(home: string, link: string): Promise<boolean> {
  try {
    const target = await realpath(link);
    return isWithin(home, target) && (await stat(target)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false; // A dangling link, or a folder that this user must not access.
  }
}

/** Whether a folder is the top of a repository. In linked worktrees, `.git` is a file. */
const isRepository = (folder: string): boolean => existsSync(join(folder, '.git'));

/** Existing folders in which sessions worked, most recent first. */
function recentFolders(journal: FolderSources['journal']): FolderList['recent'] {
  const { rows } = journal.sessions({
    mode: 'local',
    includeDismissed: true,
    limit: MAX_SESSIONS,
  });
  const paths = new Set(rows.flatMap(({ state }) => state.local?.folder ?? []));
  return [...paths]
    .filter((path) => existsSync(path))
    .slice(0, MAX_RECENT)
    .map((path) => ({ path, isRepository: isRepository(path) }));
}
