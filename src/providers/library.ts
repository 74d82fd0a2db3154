import { z } from 'zod';
import type { ProviderTable } from '../session/events.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import { providerTypes } from '../workflow/providers.ts';
import { type ProviderEntry, providerEntrySchema } from './entry.ts';
import { builtinEntry, kinds, runtimeOfEntry } from './kinds.ts';

export type LibraryOptions = {
  readonly file: SettingsFile;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** With a rehearsal cloud every type can be tried without a key. */
  readonly isRehearsal: () => boolean;
  readonly onNotice: (message: string) => void;
};

/**
 * The providers of this machine: those that were written to `settings.json`, and one of each type that needs no writing
 * because its key is in the environment or because nothing is real. Cursor Agent always exists.
 */
export class ProviderLibrary {
  readonly #options: LibraryOptions;
  readonly #given = new Set<string>();

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  /** Exactly one of them is the default. */
  entries(): readonly ProviderEntry[] {
    const written = this.written();
    const builtin = providerTypes.filter(
      (type) => !written.some((entry) => entry.type === type) && this.#isBuiltin(type),
    );
    const all = [...builtin.map((type) => this.#builtin(type)), ...written].toSorted(byType);
    const chosen = written.find(({ isDefault }) => isDefault) ?? all[0];
    return all.map((entry) => ({ ...entry, isDefault: entry === chosen }));
  }

  entry(id: string): ProviderEntry | undefined {
    return this.entries().find((entry) => entry.id === id);
  }

  /** What a workflow may name here: entries, and types, each of which stands for its default entry or its first one. */
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

  /** Those of the file. One that cannot be read is told about and stays in the file. */
  written(): readonly ProviderEntry[] {
    const seen = new Set<string>();
    return this.#raw().flatMap((value) => {
      const parsed = providerEntrySchema.safeParse(value);
      if (!parsed.success) {
        this.#notice(`A provider in settings.json is ignored: ${z.prettifyError(parsed.error)}`);
        return [];
      }
      if (seen.has(parsed.data.id)) {
        this.#notice(`settings.json has two providers "${parsed.data.id}"; the first one is used.`);
        return [];
      }
      seen.add(parsed.data.id);
      return [parsed.data];
    });
  }

  /** Replaces what was written of some entries; what cannot be read is kept. @throws what the operating system says */
  write(change: (entries: readonly ProviderEntry[]) => readonly ProviderEntry[]): void {
    const content = this.#options.file.load();
    const unreadable = this.#raw().filter((value) => !providerEntrySchema.safeParse(value).success);
    this.#options.file.save({ ...content, providers: [...change(this.written()), ...unreadable] });
  }

  #raw(): readonly unknown[] {
    const { providers } = this.#options.file.load();
    return Array.isArray(providers) ? providers : [];
  }

  /** A rehearsal answers to every name of a model, but the loop of ours wants to be told one. */
  #builtin(type: ProviderEntry['type']): ProviderEntry {
    const entry = builtinEntry(type);
    const isRehearsed = this.#keyOf(type) === '' && this.#options.isRehearsal();
    return type === 'openai-compatible' && isRehearsed
      ? { ...entry, defaultModel: 'rehearsal-model' }
      : entry;
  }

  #keyOf(type: ProviderEntry['type']): string {
    return this.#options.environment[kinds[type].variable]?.trim() ?? '';
  }

  #isBuiltin(type: ProviderEntry['type']): boolean {
    return type === 'cursor-agent' || this.#keyOf(type) !== '' || this.#options.isRehearsal();
  }

  #notice(message: string): void {
    if (this.#given.has(message)) return;
    this.#given.add(message);
    this.#options.onNotice(message);
  }
}

const byType = (one: ProviderEntry, other: ProviderEntry): number =>
  providerTypes.indexOf(one.type) - providerTypes.indexOf(other.type);

const choiceOf = (entry: ProviderEntry): ProviderTable['choices'][string] => ({
  id: entry.id,
  name: entry.name,
  runtime: runtimeOfEntry(entry),
  ...(entry.defaultModel === undefined ? {} : { model: entry.defaultModel }),
});
