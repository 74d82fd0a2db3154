import { type Connection, NO_KEY } from '../runtimes/local/connection.ts';
import type { ProviderError, Result } from '../runtimes/provider-error.ts';
import type { ProviderEntry } from './entry.ts';
import type { ProviderKeys } from './keys.ts';
import type { ProviderLibrary } from './library.ts';
import { providerTypeDetails } from './type-details.ts';

/** A rehearsal cloud accepts any key. This one is recognizable where it shows up. */
const REHEARSAL_KEY = 'rehearsal';

export type ConnectionsOptions = {
  readonly library: Pick<ProviderLibrary, 'entry'>;
  readonly keys: Pick<ProviderKeys, 'credentialsFor'>;
  /** The address of the rehearsal cloud in use; null if there is none. */
  readonly rehearsalUrl: () => string | null;
  /** The program of a harness that is not bundled. */
  readonly programOf: (entry: ProviderEntry) => Promise<Result<Connection['program'] | undefined>>;
};

/** How to reach the providers of the library. Nothing is cached, so a changed key takes effect with the next request. */
export class Connections {
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  async connect(id: string): Promise<Result<Connection>> {
    const entry = this.#options.library.entry(id);
    if (entry === undefined) return { ok: false, error: unknownProvider(id) };
    const address = await this.endpointOf(entry);
    if (!address.ok) return address;
    const program = await this.#options.programOf(entry);
    if (!program.ok) return program;
    return {
      ok: true,
      value: {
        ...address.value,
        ...(program.value === undefined ? {} : { program: program.value }),
      },
    };
  }

  isRehearsed({ apiKey }: Pick<Connection, 'apiKey'>): boolean {
    return apiKey === REHEARSAL_KEY;
  }

  /** Key and address, without the harness program. `candidateKey` replaces the stored key, to try it before storing. */
  async endpointOf(
    entry: ProviderEntry,
    candidateKey?: string,
  ): Promise<Result<Omit<Connection, 'program'>>> {
    const api = apiOf(entry);
    if (entry.login?.kind === 'own')
      return { ok: true, value: { apiKey: NO_KEY, api, configFolder: entry.login.folder } };
    const key = candidateKey ?? (await this.#options.keys.credentialsFor(entry).key());
    const rehearsal = this.#options.rehearsalUrl();
    if (key === null && entry.baseUrl === undefined && rehearsal !== null) {
      const baseUrl = withApiVersion(
        entry,
        `${rehearsal}${providerTypeDetails[entry.type].rehearsalPath}`,
      );
      return { ok: true, value: { apiKey: REHEARSAL_KEY, baseUrl, api } };
    }
    const url =
      entry.baseUrl ??
      (entry.type === 'anthropic' ? undefined : providerTypeDetails[entry.type].address);
    const baseUrl =
      url === undefined || url === null ? {} : { baseUrl: withApiVersion(entry, url) };
    if (key !== null) return { ok: true, value: { apiKey: key, ...baseUrl, api } };
    // Many self-hosted servers need no key.
    return entry.type === 'openai-compatible' && entry.baseUrl !== undefined
      ? { ok: true, value: { apiKey: NO_KEY, ...baseUrl, api } }
      : { ok: false, error: missingKey(entry) };
  }
}

const apiOf = ({ type }: ProviderEntry): NonNullable<Connection['api']> =>
  type === 'anthropic' ? 'anthropic-messages' : type === 'codex' ? 'responses' : 'chat-completions';

/** Claude Code appends the API version to the address; other clients of the same API expect it in the address. */
function withApiVersion({ type, harness }: ProviderEntry, url: string): string {
  const trimmed = url.replace(/\/+$/, '');
  if (type !== 'anthropic') return trimmed;
  const unversioned = trimmed.replace(/\/v1$/, '');
  return harness === 'own-loop' ? `${unversioned}/v1` : unversioned;
}

const unknownProvider = (id: string): ProviderError => ({
  code: 'invalid_request',
  message: `The provider "${id}" is no longer in the library of this machine.`,
  suggestion: 'Add it under Settings, Providers, or start the workflow again with another one.',
});

const missingKey = ({ id, name }: ProviderEntry): ProviderError => ({
  code: 'unauthorized',
  message: `There is no API key for ${name}.`,
  suggestion: `Set one under Settings, Providers, or with \`cerevisor auth set ${id}\`.`,
});
