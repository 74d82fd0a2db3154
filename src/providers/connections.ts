import { type Connection, NO_KEY } from '../runtimes/local/connection.ts';
import type { ProviderError, Result } from '../runtimes/provider-error.ts';
import type { ProviderEntry } from './entry.ts';
import type { ProviderKeys } from './keys.ts';
import { kinds } from './kinds.ts';
import type { ProviderLibrary } from './library.ts';

/** Taken by a rehearsal cloud as any other; it says what it is when it is seen somewhere. */
const REHEARSAL_KEY = 'rehearsal';

export type ConnectionsOptions = {
  readonly library: Pick<ProviderLibrary, 'entry'>;
  readonly keys: Pick<ProviderKeys, 'of'>;
  /** The address of the rehearsal cloud that is in use; null when none is. */
  readonly rehearsalUrl: () => string | null;
  /** The program of a harness that is not part of Cerevisor. */
  readonly programOf: (entry: ProviderEntry) => Promise<Result<Connection['program'] | undefined>>;
};

/** How entries of the library are reached now. Nothing is kept: a key that changes counts from the next request on. */
export class Connections {
  readonly #options: ConnectionsOptions;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  async connect(id: string): Promise<Result<Connection>> {
    const entry = this.#options.library.entry(id);
    if (entry === undefined) return { ok: false, error: gone(id) };
    const address = await this.addressOf(entry);
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

  /** Key and address alone, whatever the harness. `tried`: a key that is not stored. */
  async addressOf(
    entry: ProviderEntry,
    tried?: string,
  ): Promise<Result<Omit<Connection, 'program'>>> {
    const api = apiOf(entry);
    if (entry.login?.kind === 'own')
      return { ok: true, value: { apiKey: NO_KEY, api, configFolder: entry.login.folder } };
    const key = tried ?? (await this.#options.keys.of(entry).key());
    const rehearsal = this.#options.rehearsalUrl();
    if (key === null && entry.baseUrl === undefined && rehearsal !== null) {
      const baseUrl = withVersion(entry, `${rehearsal}${kinds[entry.type].rehearsalPath}`);
      return { ok: true, value: { apiKey: REHEARSAL_KEY, baseUrl, api } };
    }
    const url =
      entry.baseUrl ?? (entry.type === 'anthropic' ? undefined : kinds[entry.type].address);
    const baseUrl = url === undefined || url === null ? {} : { baseUrl: withVersion(entry, url) };
    if (key !== null) return { ok: true, value: { apiKey: key, ...baseUrl, api } };
    // Many servers on a person's own machine want no key.
    return entry.type === 'openai-compatible' && entry.baseUrl !== undefined
      ? { ok: true, value: { apiKey: NO_KEY, ...baseUrl, api } }
      : { ok: false, error: withoutKey(entry) };
  }
}

const apiOf = ({ type }: ProviderEntry): NonNullable<Connection['api']> =>
  type === 'anthropic' ? 'anthropic-messages' : type === 'codex' ? 'responses' : 'chat-completions';

/** Claude Code adds the version to the path by itself; other clients of the same API want it in the address. */
function withVersion({ type, harness }: ProviderEntry, url: string): string {
  const plain = url.replace(/\/+$/, '');
  if (type !== 'anthropic') return plain;
  const bare = plain.replace(/\/v1$/, '');
  return harness === 'own-loop' ? `${bare}/v1` : bare;
}

const gone = (id: string): ProviderError => ({
  code: 'invalid_request',
  message: `The provider "${id}" is no longer in the library of this machine.`,
  suggestion: 'Add it under Settings, Providers, or start the workflow again with another one.',
});

const withoutKey = ({ id, name }: ProviderEntry): ProviderError => ({
  code: 'unauthorized',
  message: `There is no API key for ${name}.`,
  suggestion: `Set one under Settings, Providers, or with \`cerevisor auth set ${id}\`.`,
});
