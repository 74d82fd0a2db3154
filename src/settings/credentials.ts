import { chmodSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfPresent, writeFileAtomically } from './atomic-file.ts';
import type { Keychain } from './keychain.ts';
import { fail, isSystemError, notWritable, type SettingsOutcome, succeed } from './outcome.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type CredentialSource = 'environment' | 'keychain' | 'file';

/** What may be shown of a key: never the key. */
export type CredentialStatus = {
  readonly source: CredentialSource | 'none';
  /** The last characters behind dots, or null when there is no key. */
  readonly masked: string | null;
  /** Something that people should know, such as a keychain that does not answer. */
  readonly notice: string | null;
};

/** Whose key it is, and where it is looked for. */
export type CredentialSubject = {
  /** The variable that comes before every stored key; null if none belongs to it. */
  readonly variable: string | null;
  /** Below the home folder; only with consent. */
  readonly file: string;
  /** Where a person gets a key. */
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

type Found = { readonly source: CredentialSource; readonly key: string };
type Lookup = { readonly found: Found | null; readonly notice: string | null };

/** The end of a key, enough to tell two apart. A short one shows nothing. */
export const maskKey = (key: string): string => (key.length < 16 ? '••••' : `••••${key.slice(-4)}`);

const USABLE_KEY = /^[\x21-\x7e]{8,512}$/;

/**
 * The API key of a provider: from its environment variable, otherwise from the keychain of the operating system, otherwise from a
 * file that was consented to. It is looked up once and kept in memory; it never goes into the journal, logs or exports.
 */
export class Credentials {
  readonly #options: CredentialsOptions;
  readonly #subject: CredentialSubject;
  readonly #path: string;
  #lookup: Promise<Lookup> | null = null;
  /** Every key seen by this process: a redactor has to know the old ones too. */
  readonly #seen = new Set<string>();

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#subject = options.subject ?? cursorKey;
    this.#path = join(options.home, this.#subject.file);
  }

  /** The key in force, or null. For the provider alone. */
  async key(): Promise<string | null> {
    return (await this.#find()).found?.key ?? null;
  }

  async status(): Promise<CredentialStatus> {
    const { found, notice } = await this.#find();
    if (found === null) return { source: 'none', masked: null, notice };
    return { source: found.source, masked: maskKey(found.key), notice };
  }

  /** Keys that must not appear in any text; for the redactor. */
  knownSecrets(): readonly string[] {
    return [...this.#seen];
  }

  /** Looks the key up again at the next question, e.g. after a keychain was unlocked. */
  reload(): void {
    this.#lookup = null;
  }

  /**
   * Stores a key in one place and removes it from the other. Codes: `invalid_key`, `consent_required` (a file),
   * `keychain_unavailable`, `not_writable`; nothing was changed then.
   */
  async set(
    key: string,
    choice: { readonly store: 'keychain' | 'file'; readonly consent: boolean },
  ): Promise<SettingsOutcome<CredentialStatus>> {
    const trimmed = key.trim();
    // Noted first: whatever goes wrong from here on, no message may show it.
    if (trimmed !== '') this.#seen.add(trimmed);
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

  /** Removes the stored key everywhere. One in the environment stays, and the status says so. */
  async clear(): Promise<SettingsOutcome<CredentialStatus>> {
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

  async #storeInKeychain(key: string): Promise<SettingsOutcome<string | null>> {
    const written = await this.#options.keychain.write(key);
    if (!written.ok) {
      return fail(
        'keychain_unavailable',
        `The keychain cannot be used: ${written.reason}.`,
        `Unlock it and try again,${this.#variableWords(' set ', ',')} or store the key in a file that only you can read.`,
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

  async #storeInFile(key: string, consent: boolean): Promise<SettingsOutcome<string | null>> {
    if (!consent) {
      return fail(
        'consent_required',
        `The key would be stored unencrypted in ${this.#path}, where every program that you run can read it.`,
        `Consent to this, or use the keychain${this.#variableWords(', or set ', '')}.`,
      );
    }
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileAtomically(this.#path, `${key}\n`);
    } catch (error) {
      return notWritable(this.#path, error);
    }
    // The keychain goes before the file: an older key in it would win.
    const removed = await this.#options.keychain.remove();
    return succeed(
      removed.ok
        ? null
        : `If the keychain contains an older key, it is still there: ${removed.reason}.`,
    );
  }

  #find(): Promise<Lookup> {
    this.#lookup ??= this.#lookUp().then((lookup) => {
      if (lookup.found !== null) this.#seen.add(lookup.found.key);
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
    const answer = await this.#options.keychain.read();
    if (answer.ok && answer.value !== null && answer.value !== '') {
      return { found: { source: 'keychain', key: answer.value }, notice: null };
    }
    // Without a keychain, as on most servers, a file is the chosen way and no cause for concern.
    if (fromFile !== null) return { found: { source: 'file', key: fromFile }, notice: null };
    const notice = answer.ok ? null : `The keychain cannot be used: ${answer.reason}.`;
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

  #variableWords(before: string, after: string): string {
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
