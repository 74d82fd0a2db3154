import { accessSync, constants, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { shellWord } from './shell-word.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type OwnCommandOptions = {
  readonly environment: Environment;
  /** Folder of this installation. */
  readonly productFolder: string;
  readonly home: string;
  readonly userFolder?: string;
  readonly platform?: string;
};

/**
 * What a person types to open the app, such that it works where Cerevisor was started: `cerevisor` is on the path of
 * an installed one alone, and neither in a clone nor after `npx`.
 */
export function ownCommand(options: OwnCommandOptions): string {
  const { home, environment, userFolder = homedir(), platform = process.platform } = options;
  const command = launcherOf(options);
  const isUsualHome = home === join(userFolder, '.cerevisor');
  // Without it the command would open another home. Windows' shells have no such prefix.
  if (isUsualHome || platform === 'win32' || (environment.CEREVISOR_HOME ?? '') === '')
    return command;
  return `CEREVISOR_HOME=${word(home, userFolder)} ${command}`;
}

function launcherOf(options: OwnCommandOptions): string {
  const { environment, productFolder, userFolder = homedir() } = options;
  const isOwnScript = environment.npm_package_json === join(productFolder, 'package.json');
  if (isOwnScript && environment.npm_lifecycle_event === 'start') return 'npm start';
  // What npx puts on the path is gone when it ends.
  if (isOwnScript && environment.npm_lifecycle_event === 'npx') return 'npx cerevisor';
  if (productFolder.includes(`${sep}_npx${sep}`)) return 'npx cerevisor';
  const launcher = join(productFolder, 'bin', 'cerevisor.mjs');
  return isOnPath(options, launcher) ? 'cerevisor' : `node ${word(launcher, userFolder)}`;
}

function isOnPath({ environment, productFolder, platform }: OwnCommandOptions, launcher: string) {
  const isWindows = (platform ?? process.platform) === 'win32';
  // Tools put small scripts of their own on the path; one that was installed means us.
  const isInstalled = productFolder.includes(`${sep}node_modules${sep}`);
  const names = isWindows ? ['cerevisor.cmd', 'cerevisor.exe'] : ['cerevisor'];
  const folders = (environment.PATH ?? environment.Path ?? '').split(delimiter);
  return folders.some((folder) =>
    names.some((name) => {
      const found = executable(join(folder, name));
      return found !== null && (isInstalled || found === executable(launcher));
    }),
  );
}

/** Where a path really leads, when it can be executed. */
function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK);
    return realpathSync(path);
  } catch {
    return null; // Not there, or not for us: then it is not what a person would reach.
  }
}

/** As one word of a shell, with the person's folder written `~`. */
function word(path: string, userFolder: string): string {
  const isInside = path.startsWith(userFolder + sep);
  const text = isInside ? path.slice(userFolder.length) : path;
  // In quotation marks `~` would stand for itself.
  if (shellWord(text) !== text) return shellWord(path);
  return isInside ? `~${text}` : text;
}
