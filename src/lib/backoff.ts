export type Backoff = { readonly baseMs: number; readonly capMs: number };

/** For requests to Cursor: quick at first, then about twice a minute. */
export const remoteBackoff: Backoff = { baseMs: 1_000, capMs: 30_000 };

/** After an internal error, which waiting alone rarely fixes. */
export const internalErrorBackoff: Backoff = { baseMs: 30_000, capMs: 10 * 60_000 };

/** The maximum delay after a number of failures: `baseMs` after the first, doubled with each further one, up to `capMs`. */
export const backoffBound = ({ baseMs, capMs }: Backoff, failures: number): number =>
  Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));

/**
 * Full jitter: a random delay between `floorMs` and a bound that doubles with every failure. It spreads out the
 * retries of requests that failed at the same time. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const fullJitter = (
  backoff: Backoff,
  failures: number,
  random: () => number,
  floorMs = 0,
): number => floorMs + Math.round(backoffBound(backoff, failures) * random());
