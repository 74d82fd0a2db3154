import { text } from 'node:stream/consumers';
import type { KeychainRequest, KeychainResult } from './keychain.ts';

/** Executes one request from standard input. Started as a child process by `systemKeychain`. */
const execute = async (request: KeychainRequest): Promise<string | null> => {
  // Imported here, so that a missing native library is reported as a failure instead of a crash.
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

const respond = async (): Promise<KeychainResult<string | null>> => {
  try {
    // Only `systemKeychain` starts this program, and it writes this shape.
    const request = JSON.parse(await text(process.stdin)) as KeychainRequest;
    return { ok: true, value: await execute(request) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
};

process.stdout.write(JSON.stringify(await respond()));
