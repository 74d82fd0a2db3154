/** `<ms>-<n>`: the millisecond and a counter within it, as in Redis streams. */
export type EventId = { readonly ms: number; readonly n: number };

export function parseEventId(text: string): EventId | undefined {
  const match = /^(\d{1,15})-(\d{1,9})$/.exec(text);
  return match === null ? undefined : { ms: Number(match[1]), n: Number(match[2]) };
}

/** Returns the next id of a run: unique and increasing, even if the clock was set back. */
export function nextEventId(nowMs: number, last: EventId | undefined): EventId {
  if (last === undefined || nowMs > last.ms) return { ms: nowMs, n: 0 };
  return { ms: last.ms, n: last.n + 1 };
}

export const formatEventId = ({ ms, n }: EventId): string => `${ms}-${n}`;
