import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
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

/** Makes the home folder, for its owner alone, and takes rights away that others have to it. */
export const ensureHome = (home: string): SettingsOutcome<string> => {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32' && (statSync(home).mode & 0o077) !== 0) chmodSync(home, 0o700);
    return succeed(home);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const isFile = error.code === 'EEXIST' || error.code === 'ENOTDIR';
    return fail(
      'home_unusable',
      isFile
        ? `${home} is a file, or lies below one, so nothing can be kept in it.`
        : `${home} cannot be used (${error.message}).`,
      'Set CEREVISOR_HOME to a folder that you own on a local disk.',
    );
  }
};
