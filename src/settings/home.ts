import { lstatSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolders } from '../lib/make-folders.ts';
import { fail, isSystemError, type SettingsOutcome, succeed } from './outcome.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of everything that Cerevisor keeps: `CEREVISOR_HOME`, or `~/.cerevisor`. An absolute path. */
export const resolveHome = (environment: Environment, userFolder: string = homedir()): string => {
  const chosen = environment.CEREVISOR_HOME?.trim();
  if (chosen === undefined || chosen === '') return join(userFolder, '.cerevisor');
  // A service file or a .env file is not read by a shell, which would have put the user's folder in.
  if (chosen === '~' || chosen.startsWith('~/')) return join(userFolder, chosen.slice(1));
  return resolve(chosen);
};

/**
 * Makes the home folder, for its owner alone. One that exists is never changed: it is used as it is when no one else
 * may change it, and refused otherwise.
 */
export const ensureHome = (home: string): SettingsOutcome<string> => {
  try {
    makeFolders(home, 0o700);
  } catch (error) {
    return unusable(home, error);
  }
  return validateHome(home);
};

/** Whether a folder may be used as the home, without changing anything. One that is not there yet may be. */
export const validateHome = (home: string): SettingsOutcome<string> => {
  try {
    const link = lstatSync(home, { throwIfNoEntry: false });
    if (link === undefined) return succeed(home);
    const problem = problemOf(home, link, statSync(home));
    return problem === null ? succeed(home) : fail('home_unusable', ...problem);
  } catch (error) {
    return unusable(home, error);
  }
};

type Problem = readonly [message: string, suggestion: string];

const problemOf = (home: string, link: Stats, folder: Stats): Problem | null => {
  if (!folder.isDirectory()) return [`${home} is a file, so nothing can be stored in it.`, ANOTHER];
  const user = process.getuid?.();
  if (user !== undefined) {
    if (link.isSymbolicLink() && link.uid !== user && link.uid !== 0) {
      return [`${home} is a link that was created by another user (${link.uid}).`, ANOTHER];
    }
    if (folder.uid !== user) {
      return [
        `${home} belongs to another user (${folder.uid}); you are ${user}.`,
        `Run Cerevisor as that user, or set CEREVISOR_HOME to a folder of your own, such as ${inside(home)}.`,
      ];
    }
    if ((folder.mode & 0o022) !== 0) {
      return [
        `Other users can write to ${home}. Nothing was changed.`,
        (folder.mode & 0o1000) !== 0
          ? `Set CEREVISOR_HOME to a separate folder, such as ${inside(home)}.`
          : `Set CEREVISOR_HOME to a separate folder, such as ${inside(home)}; if this folder is only for Cerevisor, run: chmod 700 ${home}`,
      ];
    }
  }
  return null;
};

const ANOTHER = 'Set CEREVISOR_HOME to a folder that you own on a local disk.';
const inside = (home: string): string => join(home, 'cerevisor');

const unusable = (home: string, error: unknown) => {
  if (!isSystemError(error)) throw error;
  const isFile = error.code === 'EEXIST' || error.code === 'ENOTDIR';
  return fail(
    'home_unusable',
    isFile
      ? `${home} is a file, or is below a file, or is a link that leads nowhere, so nothing can be kept in it.`
      : `${home} cannot be used (${error.message}).`,
    ANOTHER,
  );
};
