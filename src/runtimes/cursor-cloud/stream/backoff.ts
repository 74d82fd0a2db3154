/** Full jitter: spreads reconnects evenly, so that many streams cut at once do not come back at once. */
export type BackoffLimits = { readonly baseMs: number; readonly capMs: number };
export const DEFAULT_BACKOFF: BackoffLimits = { baseMs: 500, capMs: 30_000 };

/** Milliseconds to wait before try `attempt` (0 = first retry). `floorMs` is what the server asked for. */
export function backoffMs(
  attempt: number,
  random: () => number,
  { baseMs, capMs }: BackoffLimits = DEFAULT_BACKOFF,
  floorMs = 0,
): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
  return floorMs + random() * ceiling;
}
