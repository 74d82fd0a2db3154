import { catalogue, type HarnessName } from '../harnesses/catalogue.ts';
import { type HarnessPlaces, installedHarness } from '../harnesses/installed.ts';
import { Connections, type ConnectionsOptions } from '../providers/connections.ts';
import type { ProviderEntry } from '../providers/entry.ts';
import type { ProviderKeys } from '../providers/keys.ts';
import { runtimeOfEntry } from '../providers/kinds.ts';
import { ProviderLibrary } from '../providers/library.ts';
import type { Connect } from '../runtimes/local/connection.ts';
import type { Log } from '../server/services.ts';
import { SettingsFile } from '../settings/settings-file.ts';
import type { Backend } from './backend.ts';

export type ProvidersOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keys: ProviderKeys;
  readonly backend: Pick<Backend, 'provider' | 'isRehearsal'>;
  readonly log: Log;
};

export type Providers = {
  readonly library: ProviderLibrary;
  readonly connections: Connections;
  /** For attempts of this runtime; those without an entry have that which is named like their kind. */
  readonly connect: Connect;
};

/** The provider library of this daemon, and how its entries are reached. */
export function openProviders(options: ProvidersOptions): Providers {
  const { home, environment, keys, backend, log } = options;
  const library = new ProviderLibrary({
    file: new SettingsFile({
      home,
      now: Date.now,
      onDamaged: (message) => log.warn({}, message),
    }),
    environment,
    isRehearsal: () => backend.isRehearsal,
    onNotice: (message) => log.warn({}, message),
  });
  const places = { home, cache: environment.CEREVISOR_HARNESS_CACHE };
  const connections = new Connections({
    library,
    keys,
    rehearsalUrl: () => (backend.isRehearsal ? backend.provider.backend.url : null),
    programOf: (entry) => programOf(places, entry),
  });
  return {
    library,
    connections,
    connect: (provider) => connections.connect(provider ?? ''),
  };
}

/** Which harness an entry needs beside what Cerevisor brings; null where it needs none. */
export function harnessOf(entry: ProviderEntry): HarnessName | null {
  const runtime = runtimeOfEntry(entry);
  return runtime === 'claude' || runtime === 'codex' ? runtime : null;
}

async function programOf(
  places: HarnessPlaces,
  entry: ProviderEntry,
): ReturnType<ConnectionsOptions['programOf']> {
  const name = harnessOf(entry);
  if (name === null) return { ok: true, value: undefined };
  const found = await installedHarness(places, name);
  if (found !== null) return { ok: true, value: found };
  return {
    ok: false,
    error: {
      code: 'harness_missing',
      message: `${entry.name} runs agents with ${catalogue[name].title}, which is not on this machine yet.`,
      suggestion: `Fetch it under Settings, Providers, or with \`cerevisor providers fetch ${name}\`.`,
    },
  };
}
