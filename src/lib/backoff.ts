export type Backoff = { readonly baseMs: number; readonly capMs: number };

/** Tries to create or read on Cursor: quick at first, then once in half a minute. */
export const remoteBackoff: Backoff = { baseMs: 1_000, capMs: 30_000 };

/** After an error of our own, which waiting alone rarely helps. */
export const internalErrorBackoff: Backoff = { baseMs: 30_000, capMs: 10 * 60_000 };

/** The longest delay after so many failures: `baseMs` after the first one, doubled with every further one, up to `capMs`. */
export const backoffBound = ({ baseMs, capMs }: Backoff, failures: number): number =>
  Math.min(capMs, baseMs * 2 ** Math.max(0, failures - 1));

/**
 * Full jitter: a random delay up to a bound that doubles with every failure, never below `floorMs`.
 * Spreads what failed together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const fullJitter = (
  backoff: Backoff,
  failures: number,
  random: () => number,
  floorMs = 0,
): number => floorMs + Math.round(backoffBound(backoff, failures) * random());
