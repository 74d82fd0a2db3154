import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keychain } from '../src/settings/keychain.ts';
import { removeFolder } from './remove-folder.ts';

/** Keychains and folders for tests. */

/** A temporary folder for one test. */
export const temporaryFolder = (): { readonly home: string } & Disposable => {
  const home = mkdtempSync(join(tmpdir(), 'cerevisor-settings-'));
  return { home, [Symbol.dispose]: () => removeFolder(home) };
};

/** An in-memory keychain; with `unavailable`, every call fails for that reason. */
export const memoryKeychain = (initial: string | null = null) => {
  const state: { secret: string | null; unavailable: string | null; reads: number } = {
    secret: initial,
    unavailable: null,
    reads: 0,
  };
  const answer = <Value>(value: () => Value) =>
    Promise.resolve(
      state.unavailable === null
        ? ({ ok: true, value: value() } as const)
        : ({ ok: false, reason: state.unavailable } as const),
    );
  const setSecret = (secret: string | null): null => {
    state.secret = secret;
    return null;
  };
  const keychain: Keychain = {
    read: () => {
      state.reads += 1;
      return answer(() => state.secret);
    },
    write: (secret) => answer(() => setSecret(secret)),
    remove: () => answer(() => setSecret(null)),
  };
  return { keychain, state };
};
