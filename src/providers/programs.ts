import { catalog, type FetchableName, type HarnessName } from '../harnesses/catalog.ts';
import type { Harnesses } from '../harnesses/harnesses.ts';
import type { Connection } from '../runtimes/local/connection.ts';
import type { ProviderError, Result } from '../runtimes/provider-error.ts';
import type { ProviderEntry } from './entry.ts';
import { runtimeOfEntry } from './type-details.ts';

/** The third-party harness that an entry needs; null if it needs none. */
export function harnessOf(entry: ProviderEntry): HarnessName | null {
  const runtime = runtimeOfEntry(entry);
  return runtime === 'claude' || runtime === 'codex' ? runtime : null;
}

/** What has to be fetched for an entry; null if nothing has to be. */
export function fetchableOf(entry: ProviderEntry): FetchableName | null {
  const name = harnessOf(entry);
  if (entry.program?.kind !== 'own') return name;
  return name === 'claude' ? 'claude-sdk' : null;
}

/** The program that runs the agents of an entry; undefined if it is part of Cerevisor. */
export async function programOf(
  harnesses: Pick<Harnesses, 'installed' | 'examine' | 'claudeLibrary'>,
  entry: ProviderEntry,
): Promise<Result<Connection['program'] | undefined>> {
  const name = harnessOf(entry);
  if (name === null) return { ok: true, value: undefined };
  if (entry.program?.kind === 'own') return ownProgram(harnesses, name, entry.program.path);
  const installed = await harnesses.installed(name);
  return installed === null ? missing(entry, name) : { ok: true, value: installed };
}

async function ownProgram(
  harnesses: Pick<Harnesses, 'examine' | 'claudeLibrary'>,
  name: HarnessName,
  path: string,
): Promise<Result<Connection['program']>> {
  const { title, oldestVersion } = catalog[name];
  const installed = await harnesses.examine(name, path);
  if (installed === null)
    return failure({
      code: 'harness_missing',
      message: `Your own ${title} (${path}) does not exist or does not start.`,
      suggestion: 'Choose another program, or use the one that Cerevisor fetches.',
    });
  if (!installed.isRecentEnough)
    return failure({
      code: 'harness_too_old',
      message: `Your own ${title} (${path}) is version ${installed.version}; ${oldestVersion} or newer is required.`,
      suggestion: 'Update it, or use the one that Cerevisor fetches.',
    });
  const program = { path: installed.path, version: installed.version };
  if (name !== 'claude') return { ok: true, value: program };
  const library = await harnesses.claudeLibrary();
  if (library !== null) return { ok: true, value: { ...program, library } };
  return failure({
    code: 'harness_missing',
    message: `To use your own ${title}, Cerevisor needs the Claude Agent SDK (5 MB), which is not on this machine yet.`,
    suggestion:
      'Fetch it under Settings, Providers, or with `cerevisor providers fetch claude-sdk`.',
  });
}

const missing = ({ name }: ProviderEntry, harness: HarnessName): Result<never> =>
  failure({
    code: 'harness_missing',
    message: `${name} runs agents with ${catalog[harness].title}, which is not on this machine yet.`,
    suggestion: `Fetch it under Settings, Providers, or with \`cerevisor providers fetch ${harness}\`.`,
  });

const failure = (error: ProviderError): Result<never> => ({ ok: false, error });
