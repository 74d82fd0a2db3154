import type { SessionId } from '../session/ids.ts';

/** How long a request counts as viewing; clients that view a session request it repeatedly. */
const VIEW_DURATION_MS = 2 * 60_000;

/** Tracks which sessions clients are viewing, so that their streams are connected first. */
export class ViewerPresence {
  readonly #now: () => number;
  readonly #viewedAt = new Map<SessionId, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  recordView(id: SessionId): void {
    const now = this.#now();
    for (const [other, at] of this.#viewedAt) {
      if (now - at >= VIEW_DURATION_MS) this.#viewedAt.delete(other);
    }
    this.#viewedAt.set(id, now);
  }

  isViewed(id: SessionId): boolean {
    const at = this.#viewedAt.get(id);
    return at !== undefined && this.#now() - at < VIEW_DURATION_MS;
  }
}
