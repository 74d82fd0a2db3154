import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder cannot be used; the message says why and what to do. */
export class HomeUnusable extends Error {
  override readonly name = 'HomeUnusable';
}

/** `CEREVISOR_REHEARSAL_HOME`, or `~/.cerevisor/rehearsal`. An absolute path. */
export function defaultHome(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment.CEREVISOR_REHEARSAL_HOME?.trim();
  if (configured === undefined || configured === '')
    return join(homedir(), '.cerevisor', 'rehearsal');
  if (configured === '~' || configured.startsWith('~/'))
    return join(homedir(), configured.slice(1));
  return resolve(configured);
}

/**
 * Creates the home folder with access for its owner only. An existing folder is never changed. Throws `HomeUnusable` if
 * other users can write to it.
 */
export function ensureHome(home: string): void {
  try {
    createFolders(home);
    const reason = unusableReason(home);
    if (reason !== undefined) throw new HomeUnusable(reason);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new HomeUnusable(`${home} cannot be used (${error.message}). ${advice(home)}`);
  }
}

function unusableReason(home: string): string | undefined {
  const [link, folder] = [lstatSync(home), statSync(home)];
  if (!folder.isDirectory()) return `${home} is a file. ${advice(home)}`;
  const user = process.getuid?.();
  const isLinkOfAnother = link.isSymbolicLink() && link.uid !== user && link.uid !== 0;
  if (user !== undefined && (folder.uid !== user || isLinkOfAnother)) {
    return `${home} belongs to another user (${folder.uid}). ${advice(home)}`;
  }
  if (user !== undefined && (folder.mode & 0o022) !== 0) {
    return `Other users can write to ${home}. ${advice(home)}`;
  }
  return undefined;
}

const advice = (home: string): string =>
  `Nothing was changed. Name another folder with --home or CEREVISOR_REHEARSAL_HOME, such as ${join(home, 'rehearsal')}.`;

/** Replaces a recursive `mkdir`, which loops forever where folders are visible but cannot be created, as in `/proc`. */
function createFolders(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (dirname(path) !== path) createFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have created it at the same time. A dangling link exists but is not a folder.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
}
