import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { fetch } from 'undici';
import { createHttpDispatcher } from '../lib/http-dispatcher.ts';
import { isAddressAllowed, type LinkReach } from './link-policy.ts';

/** The part of a `fetch` response that a download reads. */
export type StorageResponse = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: (AsyncIterable<Uint8Array> & { cancel(): Promise<void> }) | null;
};

/** The signature of `fetch` that downloads use. No credentials are sent, because the link itself grants access. */
export type StorageFetch = (
  url: string,
  init: {
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<StorageResponse>;

/**
 * A separate `fetch` for storage hosts. Addresses are checked when connecting, so that a name that resolves differently the
 * second time cannot bypass the check. Close it when the daemon ends.
 */
export function createStorageFetch(reach: LinkReach): {
  fetch: StorageFetch;
  close: () => Promise<void>;
} {
  const outbound = createHttpDispatcher({
    connectTimeoutMs: 20_000,
    // With a proxy, the proxy resolves names; numeric addresses in links are checked before.
    connect: { lookup: guardedLookup(reach) },
    // The download itself detects stalls, with its own limits.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    fetch: (url, init) => fetch(url, { ...init, dispatcher: outbound.dispatcher }),
    close: () => outbound.close(),
  };
}

export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

function guardedLookup(reach: LinkReach): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = (addresses ?? []).filter(({ address }) => isAddressAllowed(address, reach));
      const [first] = allowed;
      if (error) callback(error, [], 0);
      else if (first === undefined)
        callback(new ForbiddenAddressError('the name resolves to a private address'), [], 0);
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
