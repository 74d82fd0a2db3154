import { accessSync, constants, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { shellWord } from './shell-word.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type LaunchCommandOptions = {
  readonly environment: Environment;
  /** The folder of this installation. */
  readonly productFolder: string;
  readonly home: string;
  readonly userFolder?: string;
  readonly platform?: string;
};

/**
 * The command that opens the app, in a form that works for the way in which Cerevisor was started: `cerevisor` is on the
 * PATH only if it is installed, but not in a clone and not with `npx`.
 */
export function launchCommand(options: LaunchCommandOptions): string {
  const { home, environment, userFolder = homedir(), platform = process.platform } = options;
  const command = launcherOf(options);
  const isDefaultHome = home === join(userFolder, '.cerevisor');
  // Without the variable, the command would use a different home. Shells on Windows have no such syntax.
  if (isDefaultHome || platform === 'win32' || (environment.CEREVISOR_HOME ?? '') === '')
    return command;
  return `CEREVISOR_HOME=${quotePath(home, userFolder)} ${command}`;
}

function launcherOf(options: LaunchCommandOptions): string {
  const { environment, productFolder, userFolder = homedir() } = options;
  const isOwnScript = environment.npm_package_json === join(productFolder, 'package.json');
  if (isOwnScript && environment.npm_lifecycle_event === 'start') return 'npm start';
  // npx changes the PATH only while it runs.
  if (isOwnScript && environment.npm_lifecycle_event === 'npx') return 'npx cerevisor';
  if (productFolder.includes(`${sep}_npx${sep}`)) return 'npx cerevisor';
  const launcher = join(productFolder, 'bin', 'cerevisor.mjs');
  return isOnPath(options, launcher) ? 'cerevisor' : `node ${quotePath(launcher, userFolder)}`;
}

function isOnPath(
  { environment, productFolder, platform }: LaunchCommandOptions,
  launcher: string,
) {
  const isWindows = (platform ?? process.platform) === 'win32';
  // Version managers put scripts of their own on the PATH; for an installed package, they start this installation.
  const isInstalled = productFolder.includes(`${sep}node_modules${sep}`);
  const names = isWindows ? ['cerevisor.cmd', 'cerevisor.exe'] : ['cerevisor'];
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter);
  return folders.some((folder) =>
    names.some((name) => {
      const target = resolveExecutable(join(folder, name));
      return target !== null && (isInstalled || target === resolveExecutable(launcher));
    }),
  );
}

/** The real path of an executable file; null if it cannot be executed. */
function resolveExecutable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path);
  } catch {
    return null; // Missing, or not executable by this user.
  }
}

/** A path as one shell word, with the user's folder abbreviated to `~`. */
function quotePath(path: string, userFolder: string): string {
  const isInside = path.startsWith(userFolder + sep);
  const text = isInside ? path.slice(userFolder.length) : path;
  // In quotation marks, the shell does not expand `~`.
  if (shellWord(text) !== text) return shellWord(path);
  return isInside ? `~${text}` : text;
}
