import { Harnesses } from '../../harnesses/harnesses.ts';
import { Connections } from '../../providers/connections.ts';
import type { ProviderKeys } from '../../providers/keys.ts';
import { ProviderLibrary } from '../../providers/library.ts';
import { programOf } from '../../providers/programs.ts';
import type { Connect } from '../../runtimes/local/connection.ts';
import type { Log } from '../../server/services.ts';
import { SettingsFile } from '../../settings/settings-file.ts';
import type { Backend } from '../backend.ts';

export type ProvidersOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keys: ProviderKeys;
  readonly backend: Pick<Backend, 'provider' | 'isRehearsal'>;
  readonly log: Log;
};

export type Providers = {
  readonly keys: ProviderKeys;
  readonly library: ProviderLibrary;
  readonly harnesses: Harnesses;
  readonly connections: Connections;
  readonly connect: Connect;
};

/** Opens the provider library of this daemon, and the connections to its providers. */
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
  const harnesses = new Harnesses({
    paths: { home, cache: environment.CEREVISOR_HARNESS_CACHE },
    environment,
  });
  const connections = new Connections({
    library,
    keys,
    rehearsalUrl: () => (backend.isRehearsal ? backend.provider.backend.url : null),
    programOf: (entry) => programOf(harnesses, entry),
  });
  return {
    keys,
    library,
    harnesses,
    connections,
    // Every attempt of a provider other than Cursor records its entry, so that `provider` is set.
    connect: (provider) => connections.connect(provider ?? ''),
  };
}
