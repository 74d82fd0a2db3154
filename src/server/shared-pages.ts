import type { Journal, StoredEvent } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';
import { eventText } from './views/event-text.ts';

/** Which events a client wants, and where it stands. */
export type Subscription = {
  readonly after: number;
  readonly sessionId?: SessionId;
  readonly types?: readonly string[];
};

/** Events as they go out, and the place behind the last of them. Empty when none of them is wanted. */
export type Page = { readonly bytes: Uint8Array; readonly end: number };

/** Small, since a page is read whole and events can be large; a write takes pages until it is worth its while. */
const PAGE_SIZE = 50;
const ENOUGH_CHARACTERS = 64 * 1024;
const MOST_KEPT_BYTES = 4 * 1024 * 1024;

/**
 * Reads and writes out what clients want, once for all that stand at the same place. The journal only grows, so what
 * was made for one client stays right for the next one that comes by; clients that look at the same events walk
 * from page to page together.
 */
export class SharedPages {
  readonly #journal: Journal;
  readonly #encoder = new TextEncoder();
  /** The oldest first. */
  readonly #kept = new Map<string, Page>();
  #keptBytes = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The events after a place in one piece; null when there is none. */
  after(place: number, subscription: Subscription): Page | null {
    const key = `${place} ${subscription.sessionId ?? ''} ${subscription.types?.join() ?? ''}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const page = this.#make(place, subscription);
    if (page !== null) this.#keep(key, page);
    return page;
  }

  #make(place: number, subscription: Subscription): Page | null {
    const { sessionId, types } = subscription;
    let text = '';
    let end = place;
    let page: readonly StoredEvent[];
    do {
      page = this.#read(end, subscription);
      for (const stored of page) {
        end = sessionId === undefined ? stored.position : stored.seq;
        const isWanted = types?.includes(stored.event.type) ?? true;
        if (isWanted) text += `id: ${end}\ndata: ${eventText(stored)}\n\n`;
      }
    } while (page.length === PAGE_SIZE && text.length < ENOUGH_CHARACTERS);
    return end === place ? null : { bytes: this.#encoder.encode(text), end };
  }

  #keep(key: string, page: Page): void {
    if (page.bytes.byteLength > MOST_KEPT_BYTES) return;
    this.#kept.set(key, page);
    this.#keptBytes += page.bytes.byteLength + key.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#keptBytes <= MOST_KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= bytes.byteLength + oldest.length;
    }
  }

  #read(place: number, { sessionId, types }: Subscription): readonly StoredEvent[] {
    const range = { after: place, limit: PAGE_SIZE };
    if (sessionId === undefined) {
      const lifecycleOnly = types !== undefined && !types.some(isTranscriptEvent);
      return this.#journal.allEvents({ ...range, lifecycleOnly });
    }
    return this.#journal.sessionEvents(sessionId, {
      ...range,
      ...(types === undefined ? {} : { types }),
    });
  }
}
