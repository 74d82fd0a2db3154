import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memoryKeychain, temporaryFolder } from '../../testing/settings.ts';
import { createRedactor } from '../lib/redact.ts';
import { environmentForChildren } from './child-environment.ts';
import { Credentials, maskKey } from './credentials.ts';

const KEY = 'crsr_canary_0123456789abcdef_wxyz';
const OTHER = 'crsr_other_0123456789abcdef_9876';
const pathIn = (home: string) => join(home, 'cursor-api-key');

describe('the current key', () => {
  test('comes from the environment, else from the keychain, else from the file', async () => {
    using folder = temporaryFolder();
    const { home } = folder;
    const { keychain, state } = memoryKeychain('key-of-the-keychain');
    writeFileSync(pathIn(home), 'key-of-the-file\n');
    const sourceAndKey = async (environment: Record<string, string>) => {
      const credentials = new Credentials({ home, environment, keychain });
      return [(await credentials.status()).source, await credentials.key()];
    };
    expect(await sourceAndKey({ CURSOR_API_KEY: ' env-key ' })).toEqual(['environment', 'env-key']);
    expect(await sourceAndKey({ CURSOR_API_KEY: '' })).toEqual(['keychain', 'key-of-the-keychain']);
    state.secret = null;
    expect(await sourceAndKey({})).toEqual(['file', 'key-of-the-file']);
    state.unavailable = 'no secret service';
    expect(await sourceAndKey({})).toEqual(['file', 'key-of-the-file']);
  });

  test('is looked up once, and again after a reload', async () => {
    using folder = temporaryFolder();
    const { keychain, state } = memoryKeychain();
    state.unavailable = 'locked';
    const credentials = new Credentials({ home: folder.home, environment: {}, keychain });
    expect(await credentials.status()).toEqual({
      source: 'none',
      masked: null,
      notice: 'The keychain cannot be used: locked.',
    });
    Object.assign(state, { unavailable: null, secret: KEY });
    expect(await credentials.key()).toBeNull();
    credentials.reload();
    expect(await credentials.key()).toBe(KEY);
    await credentials.key();
    expect(state.reads).toBe(2);
  });
});

describe('storing a key', () => {
  test('in the keychain removes the one in the file, and the other way round', async () => {
    using folder = temporaryFolder();
    const { home } = folder;
    const { keychain, state } = memoryKeychain();
    const credentials = new Credentials({ home, environment: {}, keychain });
    const storedInFile = await credentials.set(`${KEY}\n`, { store: 'file', consent: true });
    expect(storedInFile).toEqual({
      ok: true,
      value: { source: 'file', masked: '••••wxyz', notice: null },
    });
    expect(statSync(pathIn(home)).mode & 0o777).toBe(0o600);
    const storedInKeychain = await credentials.set(OTHER, { store: 'keychain', consent: false });
    expect(storedInKeychain).toMatchObject({ value: { source: 'keychain', masked: '••••9876' } });
    expect(readdirSync(home)).toEqual([]);
    await credentials.set(KEY, { store: 'file', consent: true });
    expect(state.secret).toBeNull();
    expect(await credentials.key()).toBe(KEY);
  });

  test('in a file needs consent', async () => {
    using folder = temporaryFolder();
    const { keychain } = memoryKeychain();
    const credentials = new Credentials({ home: folder.home, environment: {}, keychain });
    const result = await credentials.set(KEY, { store: 'file', consent: false });
    expect(result).toMatchObject({ error: { code: 'consent_required' } });
    expect(readdirSync(folder.home)).toEqual([]);
  });

  test('fails if the keychain does not respond or the text is not a key', async () => {
    using folder = temporaryFolder();
    const { keychain, state } = memoryKeychain();
    const credentials = new Credentials({ home: folder.home, environment: {}, keychain });
    state.unavailable = 'locked';
    const choice = { store: 'keychain', consent: false } as const;
    expect(await credentials.set(KEY, choice)).toMatchObject({
      error: { code: 'keychain_unavailable' },
    });
    for (const text of ['', 'two words here', 'short', 'línea-con-acento']) {
      expect(await credentials.set(text, choice)).toMatchObject({ error: { code: 'invalid_key' } });
    }
  });

  test('reports that a key in the environment takes precedence', async () => {
    using folder = temporaryFolder();
    const { keychain } = memoryKeychain();
    const environment = { CURSOR_API_KEY: OTHER };
    const credentials = new Credentials({ home: folder.home, environment, keychain });
    expect(await credentials.set(KEY, { store: 'keychain', consent: false })).toMatchObject({
      value: {
        source: 'environment',
        masked: '••••9876',
        notice: expect.stringContaining('takes precedence'),
      },
    });
  });
});

test('clearing removes the key from keychain and file', async () => {
  using folder = temporaryFolder();
  const { home } = folder;
  const { keychain, state } = memoryKeychain(KEY);
  writeFileSync(pathIn(home), OTHER);
  const credentials = new Credentials({ home, environment: {}, keychain });
  expect(await credentials.clear()).toMatchObject({ value: { source: 'none', notice: null } });
  expect(state.secret).toBeNull();
  expect(readdirSync(home)).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'a key file that others can read is made private',
  async () => {
    using folder = temporaryFolder();
    const { home } = folder;
    writeFileSync(pathIn(home), KEY);
    chmodSync(pathIn(home), 0o644);
    await new Credentials({ home, environment: {}, keychain: memoryKeychain().keychain }).key();
    expect(statSync(pathIn(home)).mode & 0o777).toBe(0o600);
  },
);

test('no result other than the key itself contains the key', async () => {
  using folder = temporaryFolder();
  const { home } = folder;
  const { keychain, state } = memoryKeychain();
  const credentials = new Credentials({ home, environment: {}, keychain });
  const outputs: unknown[] = [];
  for (const store of ['file', 'keychain'] as const) {
    for (const consent of [true, false]) {
      outputs.push(await credentials.set(KEY, { store, consent }), await credentials.status());
    }
  }
  state.unavailable = 'broken';
  outputs.push(await credentials.set(`${KEY} with more`, { store: 'file', consent: true }));
  outputs.push(await credentials.set(KEY, { store: 'keychain', consent: true }));
  outputs.push(await credentials.clear(), credentials);
  expect(JSON.stringify(outputs)).not.toContain('canary');
  const redact = createRedactor(() => credentials.knownSecrets());
  expect(redact([`sent ${KEY}!`])).toEqual([{ text: 'sent [redacted]!', count: 1 }]);
  expect(readdirSync(home).map((name) => readFileSync(join(home, name), 'utf8'))).toEqual([]);
});

test('short keys are masked as a whole', () => {
  expect(maskKey('abcdefgh')).toBe('••••');
});

test('child processes get the environment without API keys', () => {
  const environment = { PATH: '/bin', CURSOR_API_KEY: KEY, cursor_api_key: KEY, EMPTY: undefined };
  expect(environmentForChildren(environment)).toEqual({ PATH: '/bin' });
});
