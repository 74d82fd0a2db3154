import { text } from 'node:stream/consumers';
import type { KeychainAnswer, KeychainRequest } from './keychain.ts';

/** Carries out one request from standard input. A program of its own: see `systemKeychain`. */
const execute = async (request: KeychainRequest): Promise<string | null> => {
  // Loaded here, so that a machine without the native library gets an answer and not a crash.
  const { AsyncEntry } = await import('@napi-rs/keyring');
  const entry = new AsyncEntry(request.service, request.account, {
    linux: { store: 'secret-service' },
  });
  switch (request.operation) {
    case 'read':
      return entry.getPassword();
    case 'write':
      await entry.setPassword(request.secret ?? '');
      return null;
    case 'remove':
      await entry.deletePassword();
      return null;
  }
};

const answer = async (): Promise<KeychainAnswer<string | null>> => {
  try {
    // Only `systemKeychain` starts this program, and it writes this shape.
    const request = JSON.parse(await text(process.stdin)) as KeychainRequest;
    return { ok: true, value: await execute(request) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
};

process.stdout.write(JSON.stringify(await answer()));
