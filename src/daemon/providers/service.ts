import type { AddProviderBody } from '../../contract/providers.ts';
import type { Outcome } from '../../engine/api.ts';
import { fetchableNames } from '../../harnesses/catalog.ts';
import type { Journal } from '../../journal/types.ts';
import { applyChange, defaultName, uniqueId } from '../../providers/change.ts';
import { entryIdSchema, type ProviderEntry } from '../../providers/entry.ts';
import { builtinEntry } from '../../providers/type-details.ts';
import type { CredentialService, ProviderService } from '../../server/services.ts';
import { isSystemError } from '../../settings/result.ts';
import type { LocalAgents } from '../local-agents.ts';
import { detect, failedCheck, modelsOf, validate } from './checks.ts';
import type { Providers } from './open.ts';
import { findSessionUsing } from './session-using.ts';
import { smokeTest } from './smoke-test.ts';
import { harnessView, plainError, providerView } from './views.ts';

export type ProviderServiceOptions = {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly providers: Providers;
  /** Changes Cursor's key, coordinated with the engine. */
  readonly cursor: CredentialService;
  readonly journal: Pick<Journal, 'sessions'>;
  readonly localAgents: Pick<LocalAgents, 'runtime'>;
};

/** Implements the provider API on the provider library. */
export function providerService(options: ProviderServiceOptions): ProviderService {
  const { providers, cursor } = options;
  const { library, harnesses, keys, connections } = providers;
  const view = (entry: ProviderEntry) => providerView(providers, entry, () => cursor.view());
  const withEntry = async <Value>(
    id: string,
    action: (entry: ProviderEntry) => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>> => {
    const entry = library.entry(id);
    return entry === undefined ? unknown(id) : action(entry);
  };
  const viewOf = (id: string) => withEntry(id, async (entry) => done(await view(entry)));

  return {
    known() {
      const { defaultId, choices } = library.table();
      return { defaultId, references: Object.keys(choices) };
    },
    list: () => Promise.all(library.entries().map(view)),
    add: async (body) => {
      // Entries that are not stored, because they come from the environment, do not count.
      const created = newEntry(library.stored(), body);
      if (!created.ok) return created;
      const written = write(options, (entries) =>
        body.isDefault === true
          ? [...entries.map((entry) => ({ ...entry, isDefault: false })), created.value]
          : [...entries, created.value],
      );
      return written.ok ? viewOf(created.value.id) : written;
    },
    change: (id, body) =>
      withEntry(id, async (entry) => {
        const next = applyChange(entry, body);
        if (!next.ok) return next;
        const written = write(options, (entries) => upsert(entries, next.value));
        return written.ok ? viewOf(id) : written;
      }),
    remove: (id) => withEntry(id, (entry) => remove(options, entry)),
    makeDefault: (id) =>
      withEntry(id, async (entry) => {
        const written = write(options, (entries) =>
          upsert(entries, entry).map((one) => ({ ...one, isDefault: one.id === id })),
        );
        return written.ok ? viewOf(id) : written;
      }),
    saveKey: (id, change) =>
      withEntry(id, async (entry) => {
        const stored =
          entry.type === 'cursor-agent'
            ? await cursor.save(change)
            : await keys.credentialsFor(entry).set(change.key, change);
        return stored.ok ? viewOf(id) : stored;
      }),
    clearKey: (id) =>
      withEntry(id, async (entry) => {
        const isCursor = entry.type === 'cursor-agent';
        const cleared = isCursor ? await cursor.clear() : await keys.credentialsFor(entry).clear();
        return cleared.ok ? viewOf(id) : cleared;
      }),
    detect: (id) => withEntry(id, async (entry) => done(await detect(options, entry))),
    validate: (id, key) =>
      withEntry(id, async (entry) => {
        if (entry.type !== 'cursor-agent') return done(await validate(options, entry, key));
        const { account, error } = await cursor.validate(key);
        const who = account?.userEmail ?? account?.keyName ?? 'nobody';
        return done(
          error === null
            ? { isOk: true, detail: `Cursor accepts the key of ${who}.`, error: null }
            : { isOk: false, detail: error.message, error },
        );
      }),
    smokeTest: (id) =>
      withEntry(id, async (entry) => {
        if (entry.type === 'cursor-agent') {
          const tested = await cursor.smokeTest();
          return done(
            tested.ok
              ? { isOk: true, detail: tested.value.detail, error: null }
              : failedCheck(tested.error),
          );
        }
        const connected = await connections.connect(id);
        if (!connected.ok) return done(failedCheck(connected.error));
        const { runtime } = library.table().choices[id] ?? {};
        if (runtime === undefined || runtime === 'cursor-cloud') return unknown(id);
        const isRehearsed = connections.isRehearsed(connected.value);
        const local = options.localAgents.runtime(runtime);
        return done(await smokeTest({ home: options.home, entry, runtime: local, isRehearsed }));
      }),
    models: (id) =>
      withEntry(id, async (entry) => {
        const models = await modelsOf(options, entry);
        return done(
          models.ok
            ? { items: models.value.map((model) => ({ ...model })), error: null }
            : { items: [], error: plainError(models.error) },
        );
      }),
    harnesses: () => Promise.all(fetchableNames.map((name) => harnessView(harnesses, name))),
    fetchHarness: async (name) => {
      await harnesses.fetch(name);
      return harnessView(harnesses, name);
    },
    cancelFetch: async (name) => {
      await harnesses.cancel(name);
      return harnessView(harnesses, name);
    },
  };
}

function newEntry(
  entries: readonly ProviderEntry[],
  { type, id, isDefault = false, ...body }: AddProviderBody,
): Outcome<ProviderEntry> {
  if (type === 'cursor-agent')
    return failed('provider_exists', 'Cursor Agent always exists.', 'Set its key instead.');
  // Cursor Agent always exists, even if its entry is not stored.
  const taken = new Set(['cursor-agent', ...entries.map((entry) => entry.id)]);
  const name = body.name ?? defaultName(type, body.baseUrl);
  const newId = id ?? uniqueId(body.name ?? type, taken);
  if (taken.has(newId))
    return failed(
      'provider_exists',
      `There is already a provider "${newId}".`,
      'Choose another id.',
    );
  if (!entryIdSchema.safeParse(newId).success)
    return failed(
      'provider_invalid',
      `"${newId}" is not a valid id for a provider.`,
      'Use 1 to 40 lowercase letters, digits and hyphens.',
    );
  return applyChange({ ...builtinEntry(type), id: newId, name, isDefault }, { ...body, name });
}

async function remove(
  options: ProviderServiceOptions,
  entry: ProviderEntry,
): Promise<Outcome<{ ok: true }>> {
  const { library, keys } = options.providers;
  if (!library.stored().some(({ id }) => id === entry.id))
    return failed(
      'provider_builtin',
      `${entry.name} is not an entry of the library: it exists because of a key in the environment or because of the rehearsal.`,
      'Remove the key from the environment, or make another provider the default.',
    );
  if (entry.isDefault && entry.type !== 'cursor-agent')
    return failed(
      'provider_is_default',
      `${entry.name} is the default provider.`,
      'Make another provider the default first.',
    );
  const user = findSessionUsing(options.journal, entry.id);
  if (user !== null)
    return failed(
      'provider_in_use',
      `${entry.name} is used by the agent "${user.agent}" of "${user.workflow}", which has not ended.`,
      'Wait until the session has ended, or cancel it.',
    );
  const written = write(options, (entries) => entries.filter(({ id }) => id !== entry.id));
  if (!written.ok) return written;
  await keys.forget(entry);
  return done({ ok: true });
}

/** Replaces the entry with the same id, or adds the entry at the end. */
function upsert(entries: readonly ProviderEntry[], entry: ProviderEntry): readonly ProviderEntry[] {
  return entries.some(({ id }) => id === entry.id)
    ? entries.map((one) => (one.id === entry.id ? { ...entry, isDefault: one.isDefault } : one))
    : [...entries, { ...entry, isDefault: false }];
}

function write(
  { providers: { library } }: ProviderServiceOptions,
  change: Parameters<Providers['library']['write']>[0],
): Outcome<void> {
  try {
    library.write(change);
    return done(undefined);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return failed(
      'not_writable',
      `The settings could not be written (${error.message}).`,
      'Free some space or make the folder writable, then try again.',
    );
  }
}

const done = <Value>(value: Value): Outcome<Value> => ({ ok: true, value });
const failed = (code: string, message: string, suggestion: string): Outcome<never> => ({
  ok: false,
  error: { code, message, suggestion },
});
const unknown = (id: string): Outcome<never> =>
  failed(
    'provider_not_found',
    `There is no provider "${id}".`,
    'List them with `cerevisor providers list`.',
  );
