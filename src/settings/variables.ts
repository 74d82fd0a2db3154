import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../lib/fields.ts';
import { systemErrorCode } from '../lib/system-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Prefix of environment variables whose values workflows may use. Others are never passed on. */
export const VARIABLE_PREFIX = 'CEREVISOR_VARIABLE_';

/** Cursor's limit. */
const MAX_VALUE_BYTES = 4_096;

export type VariableValues = {
  readonly values: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  /** Why the file could not be read, if values are missing for that reason. Contains no values. */
  readonly notice?: string;
};

/**
 * Values of the variables that workflows name: from the environment with the prefix above, else from `variables.json`.
 * A workflow may come from anyone, so it can use only values that were provided for agents, never the rest of the
 * environment. Values are read again for each launch and passed only to the provider.
 */
export class Variables {
  readonly #environment: Environment;
  readonly #path: string;
  /** Every value that this process has read, to be redacted. */
  readonly #secrets = new Set<string>();

  constructor(home: string, environment: Environment) {
    this.#environment = environment;
    this.#path = join(home, 'variables.json');
  }

  read(names: readonly string[]): VariableValues {
    const file = this.#readFile();
    const values: Record<string, string> = {};
    const missing: string[] = [];
    for (const name of names) {
      const value = this.#environment[`${VARIABLE_PREFIX}${name}`] ?? file.values[name];
      if (isUsable(value)) {
        values[name] = value;
        this.#secrets.add(value);
      } else missing.push(name);
    }
    const needsNotice = missing.length > 0 && file.notice !== undefined;
    return { values, missing, ...(needsNotice ? { notice: file.notice } : {}) };
  }

  /** Values to redact from every text. */
  knownSecrets(): readonly string[] {
    return [...this.#secrets];
  }

  #readFile(): { readonly values: Readonly<Record<string, unknown>>; readonly notice?: string } {
    let text: string;
    try {
      // Windows has no such mode bits; there the user's folder is private.
      const isOpen = process.platform !== 'win32' && (statSync(this.#path).mode & 0o077) !== 0;
      if (isOpen)
        return unusable(`${this.#path} can be read by other users; run: chmod 600 ${this.#path}`);
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { values: {} };
      return unusable(`${this.#path} cannot be read.`);
    }
    try {
      const parsed: unknown = JSON.parse(text);
      if (isObject(parsed)) return { values: parsed };
    } catch {
      // The parser's message is not used, because it repeats part of the text.
    }
    return unusable(`${this.#path} is not a JSON object with names and values.`);
  }
}

const unusable = (notice: string) => ({ values: {}, notice });

const isUsable = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  !value.includes('\0') &&
  Buffer.byteLength(value) <= MAX_VALUE_BYTES;
