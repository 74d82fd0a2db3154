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

/** `fetch`, as a download calls it. It is given no credentials: the link itself is the permission. */
export type StorageFetch = (
  url: string,
  init: {
    readonly headers: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<StorageResponse>;

/**
 * A `fetch` of its own for storage hosts. Addresses are checked at the moment of connecting, so that a name which
 * resolves differently the second time cannot slip through. Close it when the daemon ends.
 */
export function createStorageFetch(reach: LinkReach): {
  fetch: StorageFetch;
  close: () => Promise<void>;
} {
  const outbound = createHttpDispatcher({
    connectTimeoutMs: 20_000,
    // Behind a proxy it is the proxy that resolves names; what a link names by number is checked before.
    connect: { lookup: guardedLookup(reach) },
    // Silence is watched by the download itself, with its own limits.
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
