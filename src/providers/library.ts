import { z } from 'zod';
import type { ProviderTable } from '../session/events.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import { providerTypes } from '../workflow/providers.ts';
import { type ProviderEntry, providerEntrySchema } from './entry.ts';
import { builtinEntry, providerTypeDetails, runtimeOfEntry } from './type-details.ts';

export type LibraryOptions = {
  readonly file: SettingsFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** With a rehearsal cloud every type works without a key. */
  readonly isRehearsal: () => boolean;
  readonly onNotice: (message: string) => void;
};

/**
 * The providers of this machine: those stored in `settings.json`, and a built-in entry of each other type whose key is in
 * the environment, or of all types in a rehearsal. Cursor Agent always exists.
 */
export class ProviderLibrary {
  readonly #options: LibraryOptions;
  readonly #reported = new Set<string>();

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** All providers; exactly one is the default. */
  entries(): readonly ProviderEntry[] {
    const stored = this.stored();
    const builtin = providerTypes.filter(
      (type) => !stored.some((entry) => entry.type === type) && this.#isBuiltin(type),
    );
    const entries = [...builtin.map((type) => this.#builtin(type)), ...stored].toSorted(byType);
    const defaultEntry = stored.find(({ isDefault }) => isDefault) ?? entries[0];
    return entries.map((entry) => ({ ...entry, isDefault: entry === defaultEntry }));
  }

  entry(id: string): ProviderEntry | undefined {
    return this.entries().find((entry) => entry.id === id);
  }

  /** What a workflow may name: the id of an entry, or a type, which stands for its default or first entry. */
  table(): ProviderTable {
    const entries = this.entries();
    const choices: ProviderTable['choices'] = {};
    for (const entry of entries) choices[entry.id] = choiceOf(entry);
    for (const type of providerTypes) {
      const ofType = entries.filter((entry) => entry.type === type);
      const entry = ofType.find(({ isDefault }) => isDefault) ?? ofType[0];
      if (entry !== undefined) choices[type] ??= choiceOf(entry);
    }
    return { defaultId: entries.find(({ isDefault }) => isDefault)?.id ?? 'cursor-agent', choices };
  }

  /** The valid entries of the file. Invalid ones are reported and stay in the file. */
  stored(): readonly ProviderEntry[] {
    const ids = new Set<string>();
    return this.#raw().flatMap((value) => {
      const parsed = providerEntrySchema.safeParse(value);
      if (!parsed.success) {
        this.#notice(`A provider in settings.json is ignored: ${z.prettifyError(parsed.error)}`);
        return [];
      }
      if (ids.has(parsed.data.id)) {
        this.#notice(`settings.json has two providers "${parsed.data.id}"; the first one is used.`);
        return [];
      }
      ids.add(parsed.data.id);
      return [parsed.data];
    });
  }

  /** Replaces the valid entries of the file and keeps the invalid ones. @throws errors of the file system */
  write(change: (entries: readonly ProviderEntry[]) => readonly ProviderEntry[]): void {
    const content = this.#options.file.load();
    const invalid = this.#raw().filter((value) => !providerEntrySchema.safeParse(value).success);
    this.#options.file.save({ ...content, providers: [...change(this.stored()), ...invalid] });
  }

  #raw(): readonly unknown[] {
    const { providers } = this.#options.file.load();
    return Array.isArray(providers) ? providers : [];
  }

  /** Our own agent loop needs the name of a model; a rehearsal accepts any. */
  #builtin(type: ProviderEntry['type']): ProviderEntry {
    const entry = builtinEntry(type);
    const isRehearsed = this.#keyOf(type) === '' && this.#options.isRehearsal();
    return type === 'openai-compatible' && isRehearsed
      ? { ...entry, defaultModel: 'rehearsal-model' }
      : entry;
  }

  #keyOf(type: ProviderEntry['type']): string {
    return this.#options.environment[providerTypeDetails[type].variable]?.trim() ?? '';
  }

  #isBuiltin(type: ProviderEntry['type']): boolean {
    return type === 'cursor-agent' || this.#keyOf(type) !== '' || this.#options.isRehearsal();
  }

  #notice(message: string): void {
    if (this.#reported.has(message)) return;
    this.#reported.add(message);
    this.#options.onNotice(message);
  }
}

const byType = (left: ProviderEntry, right: ProviderEntry): number =>
  providerTypes.indexOf(left.type) - providerTypes.indexOf(right.type);

const choiceOf = (entry: ProviderEntry): ProviderTable['choices'][string] => ({
  id: entry.id,
  name: entry.name,
  runtime: runtimeOfEntry(entry),
  ...(entry.defaultModel === undefined ? {} : { model: entry.defaultModel }),
});
