import { createHash } from 'node:crypto';
import type { Account } from '../port.ts';
import { cached } from './cached.ts';
import { toAnswer } from './reads.ts';
import { MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import type { SdkHost } from './sdk-host/client.ts';
import type { Value } from './sdk-host/protocol.ts';
import type { Clock } from './time.ts';

/** Asked again each time: a key can be revoked at any moment. Questions at the same time share one answer. */
const FRESH_FOR_MS = 0;

/** Whose key it is. */
export function createAccount(host: SdkHost, apiKey: () => string | null, clock: Clock) {
  return cached<Account>(apiKey, clock, FRESH_FOR_MS, async (key) => {
    if (key === null) return toAnswer({ ok: false, failure: MISSING_KEY });
    const answer = await host.call<'me'>(key, { name: 'me' });
    if (!answer.ok)
      return toAnswer({ ok: false, failure: failureFromHost(answer.failure, clock()) });
    return { ok: true, value: toAccount(answer.value) };
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
 * Tells accounts apart without revealing the key: two keys of one person are one account. Service-account keys
 * have no user, so theirs is the key's name.
 */
function identityOf(me: Value<'me'>): string {
  const owner = me.userId ?? me.userEmail;
  const subject = owner === undefined ? ['key', me.apiKeyName] : ['user', String(owner)];
  return createHash('sha256').update(JSON.stringify(subject)).digest('hex');
}
