/** `<ms>-<n>`: the millisecond and a counter within it, as Redis streams number their entries. */
export type EventId = { readonly ms: number; readonly n: number };

export function parseEventId(text: string): EventId | undefined {
  const match = /^(\d{1,15})-(\d{1,9})$/.exec(text);
  return match === null ? undefined : { ms: Number(match[1]), n: Number(match[2]) };
}

/** The next id of a run: unique and growing, even when the clock stands still or was set back. */
export function nextEventId(nowMs: number, last: EventId | undefined): EventId {
  if (last === undefined || nowMs > last.ms) return { ms: nowMs, n: 0 };
  return { ms: last.ms, n: last.n + 1 };
}

export const formatEventId = ({ ms, n }: EventId): string => `${ms}-${n}`;
