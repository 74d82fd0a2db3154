import { lstatSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolders } from '../lib/make-folders.ts';
import { fail, isSystemError, type SettingsResult, succeed } from './result.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute path of the folder for all of Cerevisor's data: `CEREVISOR_HOME`, or `~/.cerevisor`. */
export const resolveHome = (environment: Environment, userFolder: string = homedir()): string => {
  const configured = environment.CEREVISOR_HOME?.trim();
  if (configured === undefined || configured === '') return join(userFolder, '.cerevisor');
  // Values from service files and .env files do not pass through a shell, which would expand `~`.
  if (configured === '~' || configured.startsWith('~/'))
    return join(userFolder, configured.slice(1));
  return resolve(configured);
};

/**
 * Creates the home folder, private to its owner. An existing folder is never changed: it is used if other users cannot
 * write to it, and rejected otherwise.
 */
export const ensureHome = (home: string): SettingsResult<string> => {
  try {
    makeFolders(home, 0o700);
  } catch (error) {
    return unusable(home, error);
  }
  return validateHome(home);
};

/** Checks whether a folder can be used as the home, without changing anything. A missing folder can. */
export const validateHome = (home: string): SettingsResult<string> => {
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
  if (!folder.isDirectory())
    return [`${home} is a file, so nothing can be stored in it.`, CHOOSE_ANOTHER_FOLDER];
  const user = process.getuid?.();
  if (user !== undefined) {
    if (link.isSymbolicLink() && link.uid !== user && link.uid !== 0) {
      return [
        `${home} is a link that was created by another user (${link.uid}).`,
        CHOOSE_ANOTHER_FOLDER,
      ];
    }
    if (folder.uid !== user) {
      return [
        `${home} belongs to another user (${folder.uid}); you are ${user}.`,
        `Run Cerevisor as that user, or set CEREVISOR_HOME to a folder of your own, such as ${subfolder(home)}.`,
      ];
    }
    if ((folder.mode & 0o022) !== 0) {
      return [
        `Other users can write to ${home}. Nothing was changed.`,
        (folder.mode & 0o1000) !== 0
          ? `Set CEREVISOR_HOME to a separate folder, such as ${subfolder(home)}.`
          : `Set CEREVISOR_HOME to a separate folder, such as ${subfolder(home)}; if this folder is only for Cerevisor, run: chmod 700 ${home}`,
      ];
    }
  }
  return null;
};

const CHOOSE_ANOTHER_FOLDER = 'Set CEREVISOR_HOME to a folder that you own on a local disk.';
const subfolder = (home: string): string => join(home, 'cerevisor');

const unusable = (home: string, error: unknown) => {
  if (!isSystemError(error)) throw error;
  const isFile = error.code === 'EEXIST' || error.code === 'ENOTDIR';
  return fail(
    'home_unusable',
    isFile
      ? `${home} is a file, or is below a file, or is a link that leads nowhere, so nothing can be stored in it.`
      : `${home} cannot be used (${error.message}).`,
    CHOOSE_ANOTHER_FOLDER,
  );
};
