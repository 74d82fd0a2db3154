import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfPresent, writeFileAtomically } from './atomic-file.ts';

const SETTINGS_VERSION = 1;

const contentSchema = z.looseObject({ version: z.int().positive().default(SETTINGS_VERSION) });
export type SettingsContent = z.infer<typeof contentSchema>;

/**
 * `settings.json` of the home folder. It is read each time, so that manual edits take effect at once. Each writer must
 * preserve the fields of the others.
 */
export class SettingsFile {
  readonly path: string;
  readonly #now: () => number;
  readonly #onDamaged: (message: string) => void;

  constructor(options: {
    readonly home: string;
    readonly now: () => number;
    readonly onDamaged: (message: string) => void;
  }) {
    this.path = join(options.home, 'settings.json');
    this.#now = options.now;
    this.#onDamaged = options.onDamaged;
  }

  /** The content of the file. A file that cannot be parsed is moved aside. */
  load(): SettingsContent {
    const text = readIfPresent(this.path);
    if (text === null) return { version: SETTINGS_VERSION };
    const content = parse(text);
    if (content !== null) return content;
    const aside = `${this.path}.damaged-${this.#now()}`;
    renameSync(this.path, aside);
    this.#onDamaged(
      `${this.path} could not be read and was moved to ${aside}; the defaults are used.`,
    );
    return { version: SETTINGS_VERSION };
  }

  /** Replaces the file atomically. @throws errors of the file system */
  save(content: SettingsContent): void {
    writeFileAtomically(this.path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

const parse = (text: string): SettingsContent | null => {
  try {
    return contentSchema.parse(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    // Not JSON, or not an object: the caller moves the file aside and reports it.
    return null;
  }
};
