import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfPresent, writeFileAtomically } from './atomic-file.ts';
import type { Keychain } from './keychain.ts';
import { fail, isSystemError, notWritable, type SettingsResult, succeed } from './result.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type CredentialSource = 'environment' | 'keychain' | 'file';

/** What may be shown about a key; never the key itself. */
export type CredentialStatus = {
  readonly source: CredentialSource | 'none';
  /** The last characters after dots; null if there is no key. */
  readonly masked: string | null;
  /** A message for the user, for example that the keychain does not respond. */
  readonly notice: string | null;
};

/** The places where a key is looked up. */
export type CredentialSubject = {
  /** The environment variable, which takes precedence over stored keys; null if there is none. */
  readonly variable: string | null;
  /** Path below the home folder. Written only with consent. */
  readonly file: string;
  /** Tells users where to get a key. */
  readonly copyFrom: string;
};

export type CredentialsOptions = {
  readonly home: string;
  readonly environment: Environment;
  readonly keychain: Keychain;
  /** Default: Cursor's. */
  readonly subject?: CredentialSubject;
};

const cursorKey: CredentialSubject = {
  variable: 'CURSOR_API_KEY',
  file: 'cursor-api-key',
  copyFrom: "Copy the complete key from Cursor's dashboard, Integrations.",
};

type StoredKey = { readonly source: CredentialSource; readonly key: string };
type Lookup = { readonly found: StoredKey | null; readonly notice: string | null };

/** The last four characters of a key, to tell keys apart. Short keys are masked entirely. */
export const maskKey = (key: string): string => (key.length < 16 ? '••••' : `••••${key.slice(-4)}`);

const USABLE_KEY = /^[\x21-\x7e]{8,512}$/;

/**
 * The API key of a provider: from its environment variable, else from the keychain of the operating system, else from a
 * file that the user consented to. It is looked up once and cached in memory, and never written to the journal, logs or
 * exports.
 */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #subject: CredentialSubject;
  readonly #path: string;
  #lookup: Promise<Lookup> | null = null;
  /** Every key that this process has used. Old ones still have to be redacted. */
  readonly #secrets = new Set<string>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#subject = options.subject ?? cursorKey;
    this.#path = join(options.home, this.#subject.file);
  }

  /** The current key, or null. Only for requests to the provider. */
  async key(): Promise<string | null> {
    return (await this.#currentLookup()).found?.key ?? null;
  }

  async status(): Promise<CredentialStatus> {
    const { found, notice } = await this.#currentLookup();
    if (found === null) return { source: 'none', masked: null, notice };
    return { source: found.source, masked: maskKey(found.key), notice };
  }

  /** Keys to redact from every text. */
  knownSecrets(): readonly string[] {
    return [...this.#secrets];
  }

  /** Drops the cached key, for example after the keychain was unlocked. */
  reload(): void {
    this.#lookup = null;
  }

  /**
   * Stores a key in the keychain or in a file, and removes it from the other. Errors, after which nothing has changed:
   * `invalid_key`, `consent_required` (for a file), `keychain_unavailable`, `not_writable`.
   */
  async set(
    key: string,
    choice: { readonly store: 'keychain' | 'file'; readonly consent: boolean },
  ): Promise<SettingsResult<CredentialStatus>> {
    const trimmed = key.trim();
    // Recorded first, so that it is redacted from every later error message.
    if (trimmed !== '') this.#secrets.add(trimmed);
    if (!USABLE_KEY.test(trimmed)) {
      return fail(
        'invalid_key',
        'This is not an API key: a key is one word of 8 to 512 characters.',
        this.#subject.copyFrom,
      );
    }
    const stored =
      choice.store === 'keychain'
        ? await this.#storeInKeychain(trimmed)
        : await this.#storeInFile(trimmed, choice.consent);
    if (!stored.ok) return stored;
    this.reload();
    return succeed(this.#withNotice(await this.status(), stored.value));
  }

  /** Removes the key from keychain and file. A key in the environment remains, as the status shows. */
  async clear(): Promise<SettingsResult<CredentialStatus>> {
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      return notWritable(this.#path, error);
    }
    const removed = await this.#options.keychain.remove();
    this.reload();
    const status = await this.status();
    const notice = removed.ok ? null : `The keychain could not be cleared: ${removed.reason}.`;
    return succeed(this.#withNotice(status, notice));
  }

  async #storeInKeychain(key: string): Promise<SettingsResult<string | null>> {
    const written = await this.#options.keychain.write(key);
    if (!written.ok) {
      return fail(
        'keychain_unavailable',
        `The keychain cannot be used: ${written.reason}.`,
        `Unlock it and try again,${this.#variableHint(' set ', ',')} or store the key in a file that only you can read.`,
      );
    }
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return succeed(`An older key is still in ${this.#path}; delete that file.`);
    }
    return succeed(null);
  }

  async #storeInFile(key: string, consent: boolean): Promise<SettingsResult<string | null>> {
    if (!consent) {
      return fail(
        'consent_required',
        `The key would be stored unencrypted in ${this.#path}, where every program that you run can read it.`,
        `Consent to this, or use the keychain${this.#variableHint(', or set ', '')}.`,
      );
    }
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileAtomically(this.#path, `${key}\n`);
    } catch (error) {
      return notWritable(this.#path, error);
    }
    // The keychain takes precedence over the file, so an older key in it would be used instead.
    const removed = await this.#options.keychain.remove();
    return succeed(
      removed.ok
        ? null
        : `If the keychain contains an older key, it is still there: ${removed.reason}.`,
    );
  }

  #currentLookup(): Promise<Lookup> {
    this.#lookup ??= this.#lookUp().then((lookup) => {
      if (lookup.found !== null) this.#secrets.add(lookup.found.key);
      return lookup;
    });
    return this.#lookup;
  }

  async #lookUp(): Promise<Lookup> {
    const { variable } = this.#subject;
    const fromEnvironment =
      variable === null ? '' : (this.#options.environment[variable]?.trim() ?? '');
    if (fromEnvironment !== '') {
      return { found: { source: 'environment', key: fromEnvironment }, notice: null };
    }
    const fromFile = this.#readFile();
    const result = await this.#options.keychain.read();
    if (result.ok && result.value !== null && result.value !== '') {
      return { found: { source: 'keychain', key: result.value }, notice: null };
    }
    // On servers without a keychain a file is the normal choice, so there is no notice about the keychain.
    if (fromFile !== null) return { found: { source: 'file', key: fromFile }, notice: null };
    const notice = result.ok ? null : `The keychain cannot be used: ${result.reason}.`;
    return { found: null, notice };
  }

  #readFile(): string | null {
    const key = readIfPresent(this.#path)?.trim() ?? '';
    if (key === '') return null;
    const isOpenToOthers =
      process.platform !== 'win32' && (statSync(this.#path).mode & 0o077) !== 0;
    if (isOpenToOthers) chmodSync(this.#path, 0o600);
    return key;
  }

  #variableHint(before: string, after: string): string {
    const { variable } = this.#subject;
    return variable === null ? '' : `${before}${variable}${after}`;
  }

  #withNotice(status: CredentialStatus, notice: string | null): CredentialStatus {
    if (status.source === 'environment') {
      return {
        ...status,
        notice: `${this.#subject.variable} is set in the environment and takes precedence over a stored key.`,
      };
    }
    return { ...status, notice: notice ?? status.notice };
  }
}
