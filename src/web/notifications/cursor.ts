/**
 * The position up to which this browser has processed the daemon's events. It is shared by all windows, so that nothing
 * is announced twice, even after a reload.
 */
const storageKey = 'cerevisor.position';

/** Beyond this many events, the list of waiting sessions is more useful than a replay. */
const maxReplayedEvents = 20_000;

/** Where to resume, given the newest position in the journal. */
export function resolveCursor(stored: string | null, lastPosition: number): number {
  const position = stored === null ? Number.NaN : Number(stored);
  const isUsable = Number.isInteger(position) && position >= 0 && position <= lastPosition;
  return isUsable && lastPosition - position <= maxReplayedEvents ? position : lastPosition;
}

export const readCursor = (lastPosition: number): number =>
  resolveCursor(localStorage.getItem(storageKey), lastPosition);

/** The shared position; -1 before anything was processed. */
export function storedPosition(): number {
  const stored = Number(localStorage.getItem(storageKey) ?? -1);
  return Number.isInteger(stored) ? stored : -1;
}

/** Advances the shared position, never back. */
export function advanceCursor(position: number): void {
  if (storedPosition() < position) localStorage.setItem(storageKey, String(position));
}
