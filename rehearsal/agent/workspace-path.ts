import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, sep } from 'node:path';

/** Paths of the workspace and of the artifacts on Cursor's machines. */
export const machineWorkspace = '/workspace';
export const machineArtifacts = '/opt/cursor/artifacts';

/** The agent must not access this file. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/**
 * Returns the path relative to the folder, with slashes. Accepts relative paths, absolute paths below the folder, and
 * paths as on Cursor's machines. Throws `WorkspaceError` for a path outside the folder or inside `.git`.
 */
export function pathInside(root: string, path: string): string {
  const inner = path.startsWith(`${machineWorkspace}/`)
    ? path.slice(machineWorkspace.length + 1)
    : isAbsolute(path)
      ? relativeTo(root, path)
      : path;
  const normal = posix.normalize(inner);
  const parts = normal.split(/[\\/]/);
  if (posix.isAbsolute(normal) || isAbsolute(normal) || parts.includes('..')) {
    throw new WorkspaceError(`${path} is outside the workspace`);
  }
  if (normal.includes('\0')) throw new WorkspaceError(`${path} is not a path`);
  if (parts.some((part) => part.toLowerCase() === '.git')) {
    throw new WorkspaceError(`${path} belongs to git`);
  }
  return normal;
}

function relativeTo(root: string, path: string): string {
  const inner = relative(root, path);
  return inner === '' ? '.' : inner.split(sep).join('/');
}

/** Throws `WorkspaceError` if a symbolic link leads out of the folder. Checks the part of the path that exists. */
export async function rejectOutgoingLinks(
  root: string,
  target: string,
  path: string,
): Promise<void> {
  const isLink = (await statEntry(target))?.isSymbolicLink() ?? false;
  const realRoot = await realpath(root);
  const realFolder = await realpath(await nearestExisting(dirname(target)));
  const isBelow = `${realFolder}${sep}`.startsWith(`${realRoot}${sep}`);
  // The root itself is always allowed, wherever its parent is.
  if (isLink || (!isBelow && join(target) !== join(root))) {
    throw new WorkspaceError(`${path} leads outside the workspace`);
  }
}

async function nearestExisting(folder: string): Promise<string> {
  const exists = (await statEntry(folder)) !== undefined;
  return exists ? folder : nearestExisting(dirname(folder));
}

const notFoundCodes = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

/** Throws `WorkspaceError` if the entry cannot be inspected, because its target is then unknown. */
async function statEntry(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException; // `lstat` rejects only with such errors.
    if (notFoundCodes.includes(code)) return undefined;
    throw new WorkspaceError(message);
  }
}
