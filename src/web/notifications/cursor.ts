/**
 * The position up to which this browser has seen the daemon's events. All windows share it, so that what one
 * has told is not told again by another, nor after a reload.
 */
const storageKey = 'cerevisor.position';

/** Further back than this, a list of what needs you says more than a replay of every event. */
const longestReplay = 20_000;

/** Where to continue, given the newest position on disk. */
export function cursorFrom(stored: string | null, lastPosition: number): number {
  const position = stored === null ? Number.NaN : Number(stored);
  const isUsable = Number.isInteger(position) && position >= 0 && position <= lastPosition;
  return isUsable && lastPosition - position <= longestReplay ? position : lastPosition;
}

export const readCursor = (lastPosition: number): number =>
  cursorFrom(localStorage.getItem(storageKey), lastPosition);

/** Moves the shared position on. Gives the one before: what lies between is for the caller to tell. */
export function advanceCursor(position: number): number {
  const stored = Number(localStorage.getItem(storageKey) ?? -1);
  if (stored < position) localStorage.setItem(storageKey, String(position));
  return stored;
}
