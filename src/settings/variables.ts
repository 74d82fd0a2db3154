import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../lib/system-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Before the name of a variable that the daemon's own environment brings. Others of it are never passed on. */
export const VARIABLE_PREFIX = 'CEREVISOR_VARIABLE_';

/** Cursor's limit. */
const MAX_VALUE_BYTES = 4_096;

export type VariableValues = {
  readonly values: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
  /** Why the file could not be used, if that is the reason. Never a value. */
  readonly notice?: string;
};

/**
 * Values of the variables that workflows name: from the environment under a prefix of ours, otherwise from a file that
 * the person wrote. Only what was put there for agents can be had: a workflow, which anyone may have written, never
 * reaches the rest of the environment. Values are read again for each launch and go to the provider alone.
 */
export class Variables {
  readonly #environment: Environment;
  readonly #path: string;
  /** Every value seen by this process, for the redactor. */
  readonly #seen = new Set<string>();

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
        this.#seen.add(value);
      } else missing.push(name);
    }
    const needsNotice = missing.length > 0 && file.notice !== undefined;
    return { values, missing, ...(needsNotice ? { notice: file.notice } : {}) };
  }

  /** Values that must not appear in any text; for the redactor. */
  knownSecrets(): readonly string[] {
    return [...this.#seen];
  }

  #readFile(): { readonly values: Readonly<Record<string, unknown>>; readonly notice?: string } {
    let text: string;
    try {
      // Windows keeps the folder private by itself and has no such bits.
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
      // The parser's own message would repeat a piece of the text.
    }
    return unusable(`${this.#path} is not a JSON object with names and values.`);
  }
}

const unusable = (notice: string) => ({ values: {}, notice });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isUsable = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  !value.includes('\0') &&
  Buffer.byteLength(value) <= MAX_VALUE_BYTES;
