import { access, constants, readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { catalog, executableIn, type HarnessName, thisMachine } from './catalog.ts';
import { isAtLeast, versionOf } from './version.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A program of the person's own, and whether it can be used. */
export type OwnProgram = {
  readonly path: string;
  readonly version: string;
  readonly isRecentEnough: boolean;
};

/** The person's own `claude` or `codex` on the PATH; null if there is none that starts. */
export async function findOwnProgram(
  name: HarnessName,
  environment: Environment,
): Promise<OwnProgram | null> {
  const path = await onPath(catalog[name].command, environment);
  return path === null ? null : examineProgram(name, path);
}

/** Null: it is not there, or it does not start. */
export async function examineProgram(name: HarnessName, path: string): Promise<OwnProgram | null> {
  const executable = await nativeOf(name, path);
  if (executable === null) return null;
  const version = await versionOf(executable);
  if (version === null) return null;
  const isRecentEnough = isAtLeast(version, catalog[name].oldestVersion);
  return { path: executable, version, isRecentEnough };
}

async function onPath(command: string, environment: Environment): Promise<string | null> {
  const isWindows = process.platform === 'win32';
  const path = environment.PATH ?? environment.Path ?? '';
  const names = isWindows ? [`${command}.exe`] : [command];
  for (const folder of path.split(delimiter)) {
    // A relative entry would mean another program in every folder.
    if (!isAbsolute(folder)) continue;
    for (const name of names) if (await isExecutable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** Behind a script that npm has installed stands the executable of a package next to it. */
async function nativeOf(name: HarnessName, path: string): Promise<string | null> {
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
    return real; // A script without such a package is started as it is.
  }
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
