import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EnvironmentBody } from '../contract/requests.ts';
import type { EnvironmentComparison } from '../contract/responses.ts';
import type { CredentialService, Services } from '../server/services.ts';
import type { Backend } from './backend.ts';

/** The settings of the daemon that a shell's variables are compared with. */
export type DaemonEnvironment = {
  /** The key that is sent to Cursor, or to its replacement. */
  readonly key: string | null;
  readonly keySource: EnvironmentComparison['keySource'];
  readonly backend: Backend['provider']['backend'];
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * Compares the variables of a shell with the settings of this daemon. Unset variables never differ. The key itself is not
 * transmitted: both sides hash it with the daemon's token, which is secret.
 */
export function compareEnvironment(
  shell: EnvironmentBody,
  inUse: DaemonEnvironment,
  token: string,
): EnvironmentComparison {
  const { key, keySource, backend, environment } = inUse;
  const isSet = (name: string): boolean => (environment[name]?.trim() ?? '') !== '';
  const differs: EnvironmentComparison['differs'] = [];
  if (shell.keyHash !== undefined && !isHashOf(shell.keyHash, key, token)) {
    differs.push('CURSOR_API_KEY');
  }
  if (shell.backendUrl !== undefined && !isSameAddress(shell.backendUrl, backend.url)) {
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

/** Ignores trailing slashes and default ports, and treats `localhost` and `127.0.0.1` as equal. */
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

/** The comparison for the API, always with the current settings. */
export function environmentService(
  backend: Backend,
  credentials: CredentialService,
  environment: DaemonEnvironment['environment'],
  token: string,
): Services['compareEnvironment'] {
  return async (shell) => {
    const { source: keySource } = await credentials.view();
    const key = backend.keyInUse;
    const inUse = { key, keySource, backend: backend.provider.backend, environment };
    return compareEnvironment(shell, inUse, token);
  };
}
