import { createHash } from 'node:crypto';
import type { Account } from '../port.ts';
import { cached } from './cached.ts';
import { toResult } from './reads.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Value } from './sdk-host/protocol.ts';
import type { Clock } from './time.ts';

/** Not cached, because a key can be revoked at any moment. Concurrent calls still share one request. */
const CACHE_MS = 0;

/** Reads the account that the key belongs to. */
export function createAccount(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  return cached<Account>(apiKey, clock, CACHE_MS, async (key) => {
    if (key === null) return toResult({ ok: false, failure: MISSING_KEY });
    const result = await host.call<'me'>(key, { name: 'me' });
    if (!result.ok)
      return toResult({ ok: false, failure: failureFromHost(result.failure, clock()) });
    return { ok: true, value: toAccount(result.value) };
  });
}

function toAccount(me: Value<'me'>): Account {
  const userName = [me.userFirstName, me.userLastName].filter((part) => part).join(' ');
  return {
    keyName: me.apiKeyName,
    ...(me.userEmail === undefined ? {} : { userEmail: me.userEmail }),
    ...(userName === '' ? {} : { userName }),
    identity: identityOf(me),
  };
}

/**
 * Identifies the account without revealing the key: two keys of one user have the same identity. Keys of service accounts
 * have no user, so their identity is the key's name.
 */
function identityOf(me: Value<'me'>): string {
  const owner = me.userId ?? me.userEmail;
  const subject = owner === undefined ? ['key', me.apiKeyName] : ['user', String(owner)];
  return createHash('sha256').update(JSON.stringify(subject)).digest('hex');
}
