import { lstatSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The folder may not be used; the message says why and what to do. */
export class HomeUnusable extends Error {
  override readonly name = 'HomeUnusable';
}

/** `CEREVISOR_REHEARSAL_HOME`, or `~/.cerevisor/rehearsal`. An absolute path. */
export function defaultHome(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment.CEREVISOR_REHEARSAL_HOME?.trim();
  if (chosen === undefined || chosen === '') return join(homedir(), '.cerevisor', 'rehearsal');
  if (chosen === '~' || chosen.startsWith('~/')) return join(homedir(), chosen.slice(1));
  return resolve(chosen);
}

/**
 * Makes the home for its owner alone. One that exists is never changed: it is used as it is when no one else may
 * change it. Throws `HomeUnusable` otherwise.
 */
export function makeHome(home: string): void {
  try {
    makeFolders(home);
    const why = objectionTo(home);
    if (why !== undefined) throw new HomeUnusable(why);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new HomeUnusable(`${home} cannot be used (${error.message}). ${advice(home)}`);
  }
}

function objectionTo(home: string): string | undefined {
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

/** Like a recursive `mkdir`, which never ends where folders can be seen but not made, as in `/proc`. */
function makeFolders(path: string): void {
  if (statSync(path, { throwIfNoEntry: false }) !== undefined) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Someone made it at the same moment. A link that leads nowhere exists, and is no folder either.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw error;
  }
}
