import { z } from 'zod';
import { fail, notWritable, type SettingsResult, succeed } from './result.ts';
import { type SettingsContent, SettingsFile } from './settings-file.ts';

const fields = {
  /** Whether unfinished sessions continue at start, or wait until the user resumes them. */
  resumeOnLaunch: z.enum(['automatically', 'ask']),
  /** The largest number of cloud attempts at the same time, over all sessions. */
  maxLiveCloudAttempts: z.int().min(1).max(256),
  /** The largest number of local agents at the same time, over all sessions. */
  maxLiveLocalAttempts: z.int().min(1).max(64),
  /** The largest number of live streams in the app. Other streams are still recorded. */
  maxStreamsShown: z.int().min(1).max(256),
  theme: z.enum(['system', 'light', 'dark']),
  /** The daemon's port; null = any free one. */
  port: z.int().min(1).max(65_535).nullable(),
  /** Notify when a session ends or needs you. */
  notifications: z.boolean(),
};
/** The allowed values, as shown in error messages. */
const allowedValues: Readonly<Record<keyof typeof fields, string>> = {
  resumeOnLaunch: '"automatically" or "ask"',
  maxLiveCloudAttempts: 'a whole number from 1 to 256',
  maxLiveLocalAttempts: 'a whole number from 1 to 64',
  maxStreamsShown: 'a whole number from 1 to 256',
  theme: '"system", "light" or "dark"',
  port: 'a whole number from 1 to 65535, or null for any free port',
  notifications: 'true or false',
};

const preferencesSchema = z.object(fields);
export type Preferences = z.infer<typeof preferencesSchema>;

export const DEFAULT_PREFERENCES: Preferences = {
  resumeOnLaunch: 'automatically',
  maxLiveCloudAttempts: 8,
  maxLiveLocalAttempts: 4,
  maxStreamsShown: 12,
  theme: 'system',
  port: null,
  notifications: true,
};

/** A problem with the file that the user should know about. No data was lost. */
export type PreferencesNotice = {
  readonly code: 'damaged' | 'invalid_value';
  readonly message: string;
};

export type PreferencesOptions = {
  readonly home: string;
  readonly now: () => number;
  readonly onNotice: (notice: PreferencesNotice) => void;
};

const isKnown = (name: string): name is keyof Preferences => Object.hasOwn(fields, name);

/**
 * The user's preferences in `settings.json`. The file is read each time, so that manual edits take effect at once; fields
 * that this version does not know are preserved.
 */
export class PreferencesFile {
  readonly #options: PreferencesOptions;
  readonly #file: SettingsFile;
  /** Notices that were already sent, because the file is read often. */
  readonly #reported = new Set<string>();

  constructor(options: PreferencesOptions) {
    this.#options = options;
    const onDamaged = (message: string) => this.#notice('damaged', message);
    this.#file = new SettingsFile({ ...options, onDamaged });
  }

  /** The preferences. Missing and invalid values have their defaults. */
  read(): Preferences {
    return this.#preferencesIn(this.#file.load());
  }

  /** Changes the named preferences; if one of them is invalid, changes nothing and returns `invalid_preference`. */
  change(changes: Readonly<Record<string, unknown>>): SettingsResult<Preferences> {
    const content = this.#file.load();
    const accepted: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(changes)) {
      if (name === 'version') continue;
      if (!isKnown(name)) {
        // A client may send back fields of a later version that it has read.
        if (Object.hasOwn(content, name)) continue;
        const names = Object.keys(fields).join(', ');
        return fail('invalid_preference', `There is no preference "${name}".`, `Use ${names}.`);
      }
      const parsed = fields[name].safeParse(value);
      if (!parsed.success) {
        return fail(
          'invalid_preference',
          `"${name}" cannot be ${abbreviated(value)}.`,
          `Use ${allowedValues[name]}.`,
        );
      }
      accepted[name] = parsed.data;
    }
    const next: SettingsContent = { ...content, ...accepted };
    try {
      this.#file.save(next);
    } catch (error) {
      return notWritable(this.#file.path, error);
    }
    return succeed(this.#preferencesIn(next));
  }

  #preferencesIn(content: SettingsContent): Preferences {
    const valid: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(fields)) {
      if (!Object.hasOwn(content, name)) continue;
      const parsed = schema.safeParse(content[name]);
      if (parsed.success) valid[name] = parsed.data;
      else
        this.#notice(
          'invalid_value',
          `"${name}" in ${this.#file.path} is not valid; the default is used. It can be ${allowedValues[name as keyof Preferences]}.`,
        );
    }
    return preferencesSchema.parse({ ...DEFAULT_PREFERENCES, ...valid });
  }

  #notice(code: PreferencesNotice['code'], message: string): void {
    if (this.#reported.has(message)) return;
    this.#reported.add(message);
    this.#options.onNotice({ code, message });
  }
}

/** A value as JSON, shortened for a message. */
function abbreviated(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
