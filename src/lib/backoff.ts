export type Backoff = { readonly baseMs: number; readonly capMs: number };

/** Tries to create or read on Cursor: quick at first, then once in half a minute. */
export const remoteBackoff: Backoff = { baseMs: 1_000, capMs: 30_000 };

/**
 * Full jitter: a random delay up to a bound that doubles with every failure, never below `floorMs`.
 * Spreads what failed together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(
  backoff: Backoff,
  failures: number,
  random: () => number,
  floorMs = 0,
): number {
  const bound = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.max(0, failures - 1));
  return floorMs + Math.round(bound * random());
}
