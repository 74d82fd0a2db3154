import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Credentials } from '../settings/credentials.ts';
import type { Keychain } from '../settings/keychain.ts';
import type { ProviderEntry } from './entry.ts';
import { credentialSubject } from './kinds.ts';

export type KeysOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The secret of this name. */
  readonly keychain: (account: string) => Keychain;
  /** Cursor's key, which other parts know too. */
  readonly cursor: Credentials;
};

/** The keys of the library's entries, each in a place of its own. */
export class ProviderKeys {
  readonly #options: KeysOptions;
  readonly #known = new Map<
    string,
    { readonly variable: string | null; readonly of: Credentials }
  >();
  /** Those of entries that are gone: a redactor has to know them too. */
  readonly #earlier: Credentials[] = [];

  constructor(options: KeysOptions) {
    this.#options = options;
  }

  of(entry: ProviderEntry): Credentials {
    if (entry.type === 'cursor-agent') return this.#options.cursor;
    const subject = credentialSubject(entry);
    const known = this.#known.get(entry.id);
    // Another address, and the variable of the environment does not belong to it anymore.
    if (known !== undefined && known.variable === subject.variable) return known.of;
    if (known !== undefined) this.#earlier.push(known.of);
    const { home, environment, keychain } = this.#options;
    const account = `provider-key/${entry.id}`;
    const made = new Credentials({ home, environment, keychain: keychain(account), subject });
    this.#known.set(entry.id, { variable: subject.variable, of: made });
    return made;
  }

  /** Keys that must not appear in any text. */
  knownSecrets(): readonly string[] {
    const all = [...this.#known.values()].map(({ of }) => of);
    return [...all, ...this.#earlier].flatMap((keys) => keys.knownSecrets());
  }

  /** Nothing is left of the key of an entry that was removed; what a keychain refuses is told by the next entry of that id. */
  async forget(entry: ProviderEntry): Promise<void> {
    if (entry.type === 'cursor-agent') return;
    await this.of(entry).clear();
    rmSync(join(this.#options.home, 'provider-keys', entry.id), { force: true });
  }
}
