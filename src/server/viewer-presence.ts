import type { SessionId } from '../session/ids.ts';

/** A look at a session counts this long: whoever watches one asks about it again and again. */
const LASTS_MS = 2 * 60_000;

/** Remembers which sessions clients look at, so that their streams are connected before others. */
export class ViewerPresence {
  readonly #now: () => number;
  readonly #lookedAt = new Map<SessionId, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  recordView(id: SessionId): void {
    const now = this.#now();
    for (const [other, at] of this.#lookedAt) {
      if (now - at >= LASTS_MS) this.#lookedAt.delete(other);
    }
    this.#lookedAt.set(id, now);
  }

  isViewed(id: SessionId): boolean {
    const at = this.#lookedAt.get(id);
    return at !== undefined && this.#now() - at < LASTS_MS;
  }
}
