import { afterEach, expect, test } from 'vitest';
import type { cursorAlone } from '../../../testing/providers.ts';
import { memoryKeychain, temporaryFolder } from '../../../testing/settings.ts';
import { ProviderKeys } from '../../providers/keys.ts';
import type { CredentialService } from '../../server/services.ts';
import { Credentials } from '../../settings/credentials.ts';
import { openProviders } from './open.ts';
import { providerService } from './service.ts';

const folders: Disposable[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder[Symbol.dispose]();
});

const KEY = 'sk-0123456789abcdef';

function openService(environment: Record<string, string> = {}) {
  const folder = temporaryFolder();
  folders.push(folder);
  const { home } = folder;
  const secrets = new Map<string, ReturnType<typeof memoryKeychain>>();
  const keychain = (account: string) => {
    const known = secrets.get(account) ?? memoryKeychain();
    secrets.set(account, known);
    return known.keychain;
  };
  const cursor = new Credentials({ home, environment, keychain: keychain('cursor-api-key') });
  const keys = new ProviderKeys({ home, environment, keychain, cursor });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const backend = { isRehearsal: false, provider: { backend: { kind: 'cursor', url: 'x' } } };
  const providers = openProviders({
    home,
    environment,
    keys,
    // Only the members that the service uses.
    backend: backend as Parameters<typeof openProviders>[0]['backend'],
    log,
  });
  const credential = { source: 'none' as const, masked: null, account: null, error: null };
  const service = providerService({
    home,
    environment,
    providers,
    cursor: { view: async () => credential } as CredentialService,
    journal: { sessions: () => ({ rows: [], next: null }) } as never,
    localAgents: { runtime: () => Promise.reject(new Error('not used')) as never },
  });
  return { service, keys, secrets, providers };
}

const idsOf = async (service: typeof cursorAlone) =>
  (await service.list()).map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id));

test('a provider is added, made the default, and removed again with its key', async () => {
  const { service, secrets, keys } = openService();
  const added = await service.add({
    type: 'openai-compatible',
    name: 'My Ollama!',
    baseUrl: 'http://localhost:11434/v1',
  });
  expect(added).toMatchObject({ value: { id: 'my-ollama', key: { source: 'unneeded' } } });
  expect(await service.add({ type: 'codex', id: 'my-ollama' })).toMatchObject({
    error: { code: 'provider_exists' },
  });

  await service.saveKey('my-ollama', { key: KEY, store: 'keychain', consent: false });
  expect(secrets.get('provider-key/my-ollama')?.state.secret).toBe(KEY);
  expect(keys.knownSecrets()).toContain(KEY);

  await service.makeDefault('my-ollama');
  expect(await idsOf(service)).toEqual(['cursor-agent', 'my-ollama (default)']);
  expect(await service.remove('my-ollama')).toMatchObject({
    error: { code: 'provider_is_default' },
  });
  await service.makeDefault('cursor-agent');
  expect(await service.remove('my-ollama')).toEqual({ ok: true, value: { ok: true } });
  expect(secrets.get('provider-key/my-ollama')?.state.secret).toBeNull();
  expect(await idsOf(service)).toEqual(['cursor-agent (default)']);
  // The old key stays in the list of known secrets, so that it is still redacted.
  expect(keys.knownSecrets()).toContain(KEY);
});

test('rejects settings of other provider types, and invalid addresses and paths', async () => {
  const { service } = openService();
  const codeOf = async (body: Parameters<typeof service.add>[0]) => {
    const added = await service.add(body);
    return added.ok ? 'added' : added.error.message;
  };
  expect(await codeOf({ type: 'codex', harness: 'own-loop' })).toContain(
    'does not let you choose a harness',
  );
  expect(await codeOf({ type: 'codex', program: './codex' })).toContain('not an absolute path');
  expect(await codeOf({ type: 'openai-compatible', loginFolder: '/x' })).toContain('takes a key');
  expect(await codeOf({ type: 'anthropic', harness: 'own-loop', program: '/x' })).toContain(
    'a part of Cerevisor',
  );
  expect(await codeOf({ type: 'openai-compatible', baseUrl: 'localhost:1' })).toContain('http');
  expect(await codeOf({ type: 'codex', id: 'Not an id' })).toContain('is not a valid id');
  expect(await codeOf({ type: 'cursor-agent' })).toContain('always exists');
  expect(await codeOf({ type: 'anthropic', id: 'cursor-agent' })).toContain('already');
  expect(await codeOf({ type: 'openai-compatible', baseUrl: 'http://me:pw@host/v1' })).toContain(
    'plain text',
  );
});

test('derives an id from any name, but never the id of Cursor Agent', async () => {
  const { service } = openService();
  const idOf = async (name: string) => {
    const added = await service.add({ type: 'anthropic', name });
    return added.ok ? added.value.id : added.error.message;
  };
  expect(await idOf('Élan  vital!')).toBe('elan-vital');
  expect(await idOf('Cursor Agent')).toBe('cursor-agent-2');
});

test('uses a key from the environment only for the default address of the provider', async () => {
  const { service } = openService({ OPENAI_API_KEY: KEY });
  const keyOf = async () =>
    (await service.list()).find(({ id }) => id === 'openai-compatible')?.key.source;
  expect(await keyOf()).toBe('environment');
  await service.change('openai-compatible', { baseUrl: 'https://elsewhere.example/v1' });
  expect(await keyOf()).toBe('unneeded');
  await service.change('openai-compatible', { baseUrl: null });
  expect(await keyOf()).toBe('environment');
});

test('resets a setting that is null, and keeps settings that are absent', async () => {
  const { service } = openService();
  await service.add({ type: 'anthropic', defaultModel: 'claude-x', harness: 'own-loop' });
  const changed = await service.change('anthropic', { defaultModel: null, name: 'Light' });
  expect(changed).toMatchObject({
    value: { defaultModel: null, name: 'Light', harness: 'own-loop', runtime: 'openai-compatible' },
  });
  expect(await service.change('nobody', {})).toMatchObject({
    error: { code: 'provider_not_found' },
  });
});
