import type { CredentialView } from '../../contract/daemon-views.ts';
import type { HarnessView, ProviderView } from '../../contract/providers.ts';
import { catalog, type FetchableName, fetchables } from '../../harnesses/catalog.ts';
import type { Harnesses } from '../../harnesses/harnesses.ts';
import type { ProviderEntry } from '../../providers/entry.ts';
import { fetchableOf } from '../../providers/programs.ts';
import { runtimeOfEntry } from '../../providers/type-details.ts';
import type { ProviderError } from '../../runtimes/provider-error.ts';
import type { Providers } from './open.ts';

/** The view of an entry, without its key. */
export async function providerView(
  { keys, library, harnesses, connections }: Providers,
  entry: ProviderEntry,
  cursorKey: () => Promise<CredentialView>,
): Promise<ProviderView> {
  const isCursor = entry.type === 'cursor-agent';
  const key = isCursor ? keyOfCursor(await cursorKey()) : await keyOf({ keys, connections }, entry);
  const name = fetchableOf(entry);
  const isInstalled = name === null || (await harnesses.state(name)).kind === 'installed';
  return {
    id: entry.id,
    type: entry.type,
    name: entry.name,
    isDefault: entry.isDefault,
    isBuiltin: !library.stored().some(({ id }) => id === entry.id),
    baseUrl: entry.baseUrl ?? null,
    defaultModel: entry.defaultModel ?? null,
    harness: entry.type === 'anthropic' ? (entry.harness ?? 'claude-agent-sdk') : null,
    program: programView(entry),
    loginFolder: entry.login?.kind === 'own' ? entry.login.folder : null,
    runtime: runtimeOfEntry(entry),
    key,
    needs: isInstalled ? null : name,
    problem: isCursor ? null : await problemOf(connections, entry),
  };
}

async function problemOf(
  connections: Providers['connections'],
  { id }: ProviderEntry,
): Promise<ProviderView['problem']> {
  const connected = await connections.connect(id);
  return connected.ok ? null : plainError(connected.error);
}

export const plainError = ({ code, message, suggestion }: ProviderError) => ({
  code,
  message,
  ...(suggestion === undefined ? {} : { suggestion }),
});

const keyOfCursor = ({ source, masked, error }: CredentialView): ProviderView['key'] => ({
  source,
  masked,
  notice: error?.message ?? null,
});

async function keyOf(
  { keys, connections }: Pick<Providers, 'keys' | 'connections'>,
  entry: ProviderEntry,
): Promise<ProviderView['key']> {
  if (entry.login?.kind === 'own') return { source: 'login', masked: null, notice: null };
  const status = await keys.credentialsFor(entry).status();
  if (status.source !== 'none') return status;
  const address = await connections.endpointOf(entry);
  if (!address.ok) return status;
  return { ...status, source: connections.isRehearsed(address.value) ? 'rehearsal' : 'unneeded' };
}

function programView(entry: ProviderEntry): ProviderView['program'] {
  const runtime = runtimeOfEntry(entry);
  if (runtime !== 'claude' && runtime !== 'codex') return null;
  return entry.program?.kind === 'own'
    ? { kind: 'own', path: entry.program.path }
    : { kind: 'managed', path: null };
}

/** What can be fetched, as the API shows it. */
export async function harnessView(harnesses: Harnesses, name: FetchableName): Promise<HarnessView> {
  const state = await harnesses.state(name);
  const { title, sizeBytes, packageVersion } = fetchables[name];
  const wanted = name === 'claude-sdk' ? packageVersion : catalog[name].version;
  return {
    name,
    title,
    state: state.kind,
    version: state.kind === 'installed' ? state.version : wanted,
    doneBytes: state.kind === 'fetching' ? state.doneBytes : null,
    totalBytes: sizeBytes,
    error: state.kind === 'missing' ? state.failure : null,
    own: name === 'claude-sdk' ? null : await harnesses.own(name),
  };
}
