import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, posix, relative, sep } from 'node:path';

/** Where the workspace and the artifacts lie inside Cursor's machines. */
export const machineWorkspace = '/workspace';
export const machineArtifacts = '/opt/cursor/artifacts';

/** The agent asked for a file it may not touch. */
export class WorkspaceError extends Error {
  override readonly name = 'WorkspaceError';
}

/**
 * A path below a folder, as a relative one with slashes. A path as it would be inside Cursor's machine, and an absolute
 * one below the folder, mean the same file. Throws `WorkspaceError` for what lies outside, and for what belongs to git.
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

/** Throws `WorkspaceError` when a link would lead out of the folder. Checked on the part that exists. */
export async function refuseLinksOut(root: string, target: string, path: string): Promise<void> {
  const isLink = (await entryAt(target))?.isSymbolicLink() ?? false;
  const realRoot = await realpath(root);
  const realFolder = await realpath(await nearestExisting(dirname(target)));
  const isBelow = `${realFolder}${sep}`.startsWith(`${realRoot}${sep}`);
  // The folder itself is no link out of itself, wherever its parent lies.
  if (isLink || (!isBelow && join(target) !== join(root))) {
    throw new WorkspaceError(`${path} leads outside the workspace`);
  }
}

async function nearestExisting(folder: string): Promise<string> {
  const exists = (await entryAt(folder)) !== undefined;
  return exists ? folder : nearestExisting(dirname(folder));
}

const nothingThere = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'];

/** A place that cannot be looked at is refused: nobody knows where it leads. */
async function entryAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException; // `lstat` fails with nothing else.
    if (nothingThere.includes(code)) return undefined;
    throw new WorkspaceError(message);
  }
}
