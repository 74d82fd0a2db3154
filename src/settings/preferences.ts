import { z } from 'zod';
import { fail, notWritable, type SettingsOutcome, succeed } from './outcome.ts';
import { type SettingsContent, SettingsFile } from './settings-file.ts';

const fields = {
  /** What happens at start to sessions that are still going: they continue, or wait to be asked for. */
  resumeOnLaunch: z.enum(['automatically', 'ask']),
  /** How many cloud attempts may be alive at once, over all sessions. */
  maxLiveCloudAttempts: z.int().min(1).max(256),
  /** How many agents may be at work on this machine at once, over all sessions. */
  maxLiveLocalAttempts: z.int().min(1).max(64),
  /** How many streams the app shows live at once; the others are followed all the same. */
  maxStreamsShown: z.int().min(1).max(256),
  theme: z.enum(['system', 'light', 'dark']),
  /** The daemon's port; null = any free one. */
  port: z.int().min(1).max(65_535).nullable(),
  /** Notify when a session ends or needs you. */
  notifications: z.boolean(),
};
/** What each of them may be, in the words of anyone who has chosen something else. */
const allowed: Readonly<Record<keyof typeof fields, string>> = {
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

/** Something about the file that people should know; nothing was lost. */
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
 * The settings that a person chooses, in `settings.json`. The file is read each time, so that an edit by hand
 * counts at once; fields that this version does not know are kept when it is written.
 */
export class PreferencesFile {
  readonly #options: PreferencesOptions;
  readonly #file: SettingsFile;
  /** Notices already given: the file is read often. */
  readonly #given = new Set<string>();

  constructor(options: PreferencesOptions) {
    this.#options = options;
    const onDamaged = (message: string) => this.#notice('damaged', message);
    this.#file = new SettingsFile({ ...options, onDamaged });
  }

  /** The preferences; a value that is missing or wrong has its default. */
  read(): Preferences {
    return this.#preferencesIn(this.#file.load());
  }

  /** Changes some preferences and leaves the others, or changes nothing and says which one is wrong. */
  change(changes: Readonly<Record<string, unknown>>): SettingsOutcome<Preferences> {
    const content = this.#file.load();
    const accepted: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(changes)) {
      if (name === 'version') continue;
      if (!isKnown(name)) {
        // A client may send back what it was given, with fields of a later version in it.
        if (Object.hasOwn(content, name)) continue;
        const names = Object.keys(fields).join(', ');
        return fail('invalid_preference', `There is no preference "${name}".`, `Use ${names}.`);
      }
      const parsed = fields[name].safeParse(value);
      if (!parsed.success) {
        return fail(
          'invalid_preference',
          `"${name}" cannot be ${shown(value)}.`,
          `Use ${allowed[name]}.`,
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
          `"${name}" in ${this.#file.path} is not valid; the default is used. It can be ${allowed[name as keyof Preferences]}.`,
        );
    }
    return preferencesSchema.parse({ ...DEFAULT_PREFERENCES, ...valid });
  }

  #notice(code: PreferencesNotice['code'], message: string): void {
    if (this.#given.has(message)) return;
    this.#given.add(message);
    this.#options.onNotice({ code, message });
  }
}

/** A value as it was written, but no longer than is read. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
