import { access, constants, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { catalog, executableIn, type HarnessName, thisMachine } from './catalog.ts';
import { isAtLeast, readVersion } from './version.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A program that the user installed, and whether its version is supported. */
export type OwnProgram = {
  readonly path: string;
  readonly version: string;
  readonly isRecentEnough: boolean;
};

/** The user's own `claude` or `codex` on the PATH; null if there is none that starts. */
export async function findOwnProgram(
  name: HarnessName,
  environment: Environment,
): Promise<OwnProgram | null> {
  const path = await findOnPath(catalog[name].command, environment);
  return path === null ? null : examineProgram(name, path);
}

/** The executable behind a path, with its version; null if it is missing or does not start. */
export async function examineProgram(name: HarnessName, path: string): Promise<OwnProgram | null> {
  const executable = await resolveNativeExecutable(name, path);
  if (executable === null) return null;
  const version = await readVersion(executable);
  if (version === null) return null;
  const isRecentEnough = isAtLeast(version, catalog[name].oldestVersion);
  return { path: executable, version, isRecentEnough };
}

async function findOnPath(command: string, environment: Environment): Promise<string | null> {
  const isWindows = process.platform === 'win32';
  const path = environment.PATH ?? environment.Path ?? '';
  const names = isWindows ? [`${command}.exe`] : [command];
  for (const folder of path.split(delimiter)) {
    // A relative entry names a different program in every folder.
    if (!isAbsolute(folder)) continue;
    for (const name of names) if (await isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** A script that npm installed starts the native executable of a neighbouring package: returns that executable. */
async function resolveNativeExecutable(name: HarnessName, path: string): Promise<string | null> {
  if (!isAbsolute(path) || !(await isExecutable(path))) return null;
  const real = await realpath(path);
  if (!real.endsWith('.js')) return real;
  const executable = executableIn(name, thisMachine());
  if (executable === null) return null;
  const [scope = '', packageName = '', ...rest] = executable.split('/').slice(1);
  try {
    const manifest = createRequire(real).resolve(`${scope}/${packageName}/package.json`);
    await readFile(manifest);
    const native = join(dirname(manifest), ...rest);
    return (await isExecutable(native)) ? native : real;
  } catch {
    return real; // No such package: the script itself is started.
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
