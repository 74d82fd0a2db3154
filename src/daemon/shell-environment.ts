import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EnvironmentBody } from '../contract/requests.ts';
import type { EnvironmentComparison } from '../contract/responses.ts';
import type { CredentialService, Services } from '../server/services.ts';
import type { Backend } from './backend.ts';

/** What of the daemon has to be known to check what a shell asks for. */
export type DaemonEnvironment = {
  /** The key that Cursor, or its stand-in, is sent. */
  readonly key: string | null;
  readonly keySource: EnvironmentComparison['keySource'];
  readonly backend: Backend['provider']['backend'];
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * Compares what a shell has set with what this daemon uses. What is not set asks for nothing. The key itself is
 * never told: both sides hash it with the daemon's token, which no one else has.
 */
export function compareEnvironment(
  asked: EnvironmentBody,
  inUse: DaemonEnvironment,
  token: string,
): EnvironmentComparison {
  const { key, keySource, backend, environment } = inUse;
  const isSet = (name: string): boolean => (environment[name]?.trim() ?? '') !== '';
  const differs: EnvironmentComparison['differs'] = [];
  if (asked.keyHash !== undefined && !isHashOf(asked.keyHash, key, token)) {
    differs.push('CURSOR_API_KEY');
  }
  if (asked.backendUrl !== undefined && !isSameAddress(asked.backendUrl, backend.url)) {
    differs.push('CURSOR_BACKEND_URL');
  }
  return {
    differs,
    keySource,
    backend: { kind: backend.kind, url: backend.url },
    taken: (['CURSOR_API_KEY', 'CURSOR_BACKEND_URL'] as const).filter(isSet),
  };
}

function isHashOf(hash: string, key: string | null, token: string): boolean {
  if (key === null) return false;
  const own = createHmac('sha256', token).update(key).digest();
  const other = Buffer.from(hash, 'hex');
  return own.length === other.length && timingSafeEqual(own, other);
}

/** However it is written: with a slash at its end, its usual port, or one of the two names of this machine. */
function isSameAddress(one: string, other: string): boolean {
  const [left, right] = [canonical(one), canonical(other)];
  return left !== null && left === right;
}

function canonical(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  return url.href.replace(/\/+$/, '');
}

/** The comparison as the API offers it, always with what is in use at that moment. */
export function environmentService(
  backend: Backend,
  credentials: CredentialService,
  environment: DaemonEnvironment['environment'],
  token: string,
): Services['compareEnvironment'] {
  return async (asked) => {
    const { source: keySource } = await credentials.view();
    const key = backend.keyInUse;
    const inUse = { key, keySource, backend: backend.provider.backend, environment };
    return compareEnvironment(asked, inUse, token);
  };
}
