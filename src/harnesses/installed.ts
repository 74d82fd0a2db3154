import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CLAUDE_LIBRARY,
  catalog,
  executableIn,
  type FetchableName,
  fetchables,
  type HarnessName,
  type HarnessProgram,
  type Machine,
  thisMachine,
} from './catalog.ts';

export type HarnessPaths = {
  readonly home: string;
  /** For development: a folder that already contains `claude` and `codex`, used instead of fetching them. */
  readonly cache?: string | undefined;
};

/** The folder that a program is fetched into; its name holds the current version. */
export const harnessFolder = ({ home, cache }: HarnessPaths, name: FetchableName): string =>
  cache === undefined || cache === ''
    ? join(home, 'harnesses', `${name}-${fetchables[name].packageVersion}`)
    : join(cache, name);

/** The fetched harness; null if it is missing or incomplete. */
export async function installedHarness(
  paths: HarnessPaths,
  name: HarnessName,
  machine: Machine = thisMachine(),
): Promise<HarnessProgram | null> {
  const executable = executableIn(name, machine);
  if (executable === null) return null;
  const path = join(harnessFolder(paths, name), executable);
  const { version } = catalog[name];
  if (!(await isAccessible(path, constants.X_OK))) return null;
  if (name !== 'claude') return { path, version };
  const library = await libraryIn(paths, name);
  return library === null ? null : { path, version, library };
}

/** The package that drives Claude Code, whether it was fetched with Claude Code or alone. */
export const claudeLibrary = async (paths: HarnessPaths): Promise<string | null> =>
  (await libraryIn(paths, 'claude')) ?? (await libraryIn(paths, 'claude-sdk'));

async function libraryIn(paths: HarnessPaths, name: FetchableName): Promise<string | null> {
  const library = join(harnessFolder(paths, name), CLAUDE_LIBRARY);
  return (await isAccessible(join(library, 'sdk.mjs'), constants.R_OK)) ? library : null;
}

const isAccessible = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
