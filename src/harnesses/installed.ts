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

export type HarnessPlaces = {
  readonly home: string;
  /** For developers: a folder with `claude` and `codex` in it, which are used as they are. */
  readonly cache?: string | undefined;
};

/** Where what is fetched is, or will be, in its present version. */
export const harnessFolder = ({ home, cache }: HarnessPlaces, name: FetchableName): string =>
  cache === undefined || cache === ''
    ? join(home, 'harnesses', `${name}-${fetchables[name].packageVersion}`)
    : join(cache, name);

/** The fetched harness; null when it was not fetched, or not as a whole. */
export async function installedHarness(
  places: HarnessPlaces,
  name: HarnessName,
  machine: Machine = thisMachine(),
): Promise<HarnessProgram | null> {
  const executable = executableIn(name, machine);
  if (executable === null) return null;
  const path = join(harnessFolder(places, name), executable);
  const { version } = catalog[name];
  if (!(await isThere(path, constants.X_OK))) return null;
  if (name !== 'claude') return { path, version };
  const library = await libraryIn(places, name);
  return library === null ? null : { path, version, library };
}

/** The package that drives Claude Code, with it or without it. */
export const claudeLibrary = async (places: HarnessPlaces): Promise<string | null> =>
  (await libraryIn(places, 'claude')) ?? (await libraryIn(places, 'claude-sdk'));

async function libraryIn(places: HarnessPlaces, name: FetchableName): Promise<string | null> {
  const library = join(harnessFolder(places, name), CLAUDE_LIBRARY);
  return (await isThere(join(library, 'sdk.mjs'), constants.R_OK)) ? library : null;
}

const isThere = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  );
