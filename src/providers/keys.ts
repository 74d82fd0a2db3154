import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../settings/credentials.ts';
import type { Keychain } from '../settings/keychain.ts';
import type { ProviderEntry } from './entry.ts';
import { credentialSubject } from './type-details.ts';

export type KeysOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The keychain entry of this account. */
  readonly keychain: (account: string) => Keychain;
  /** Cursor's key, which the rest of the daemon uses too. */
  readonly cursor: Credentials;
};

/** The keys of the library's providers, each stored separately. */
export class ProviderKeys {
  readonly #options: KeysOptions;
  readonly #cache = new Map<
    string,
    { readonly variable: string | null; readonly credentials: Credentials }
  >();
  /** Credentials that were replaced. Their secrets still have to be redacted. */
  readonly #replaced: Credentials[] = [];

  constructor(options: KeysOptions) {
    this.#options = options;
  }

  credentialsFor(entry: ProviderEntry): Credentials {
    if (entry.type === 'cursor-agent') return this.#options.cursor;
    const subject = credentialSubject(entry);
    const cached = this.#cache.get(entry.id);
    // After a change of the address, the environment variable may no longer belong to the entry.
    if (cached !== undefined && cached.variable === subject.variable) return cached.credentials;
    if (cached !== undefined) this.#replaced.push(cached.credentials);
    const { home, environment, keychain } = this.#options;
    const account = `provider-key/${entry.id}`;
    const credentials = new Credentials({
      home,
      environment,
      keychain: keychain(account),
      subject,
    });
    this.#cache.set(entry.id, { variable: subject.variable, credentials });
    return credentials;
  }

  /** Keys to redact from every text. */
  knownSecrets(): readonly string[] {
    const current = [...this.#cache.values()].map(({ credentials }) => credentials);
    return [...current, ...this.#replaced].flatMap((keys) => keys.knownSecrets());
  }

  /** Removes the key of a deleted entry. If the keychain refuses, the next entry with this id shows the old key. */
  async forget(entry: ProviderEntry): Promise<void> {
    if (entry.type === 'cursor-agent') return;
    await this.credentialsFor(entry).clear();
    rmSync(join(this.#options.home, 'provider-keys', entry.id), { force: true });
  }
}
