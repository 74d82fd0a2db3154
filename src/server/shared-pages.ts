import type { Journal, StoredEvent } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';
import { eventText } from './views/event-text.ts';

/** The events that a client subscribes to, and its position. */
export type Subscription = {
  readonly after: number;
  readonly sessionId?: SessionId;
  readonly types?: readonly string[];
};

/** Serialized events, and the position of the last one that was read. Empty if none matches the subscription. */
export type Page = { readonly bytes: Uint8Array; readonly end: number };

/** Small, because events can be large. Several pages are combined into one write of reasonable size. */
const PAGE_SIZE = 50;
const MIN_WRITE_CHARACTERS = 64 * 1024;
const MAX_CACHE_BYTES = 4 * 1024 * 1024;

/**
 * Reads and serializes events once for all clients at the same position. The journal is append-only, so that a cached
 * page never becomes invalid, and clients with the same subscription share their pages.
 */
export class SharedPages {
  readonly #journal: Journal;
  readonly #encoder = new TextEncoder();
  /** Oldest first. */
  readonly #cache = new Map<string, Page>();
  #cacheBytes = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** The events after a position; null if there are none. */
  after(position: number, subscription: Subscription): Page | null {
    const key = `${position} ${subscription.sessionId ?? ''} ${subscription.types?.join() ?? ''}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const page = this.#build(position, subscription);
    if (page !== null) this.#store(key, page);
    return page;
  }

  #build(position: number, subscription: Subscription): Page | null {
    const { sessionId, types } = subscription;
    let text = '';
    let end = position;
    let page: readonly StoredEvent[];
    do {
      page = this.#read(end, subscription);
      for (const stored of page) {
        end = sessionId === undefined ? stored.position : stored.seq;
        const isIncluded = types?.includes(stored.event.type) ?? true;
        if (isIncluded) text += `id: ${end}\ndata: ${eventText(stored)}\n\n`;
      }
    } while (page.length === PAGE_SIZE && text.length < MIN_WRITE_CHARACTERS);
    return end === position ? null : { bytes: this.#encoder.encode(text), end };
  }

  #store(key: string, page: Page): void {
    if (page.bytes.byteLength > MAX_CACHE_BYTES) return;
    this.#cache.set(key, page);
    this.#cacheBytes += page.bytes.byteLength + key.length;
    for (const [oldest, { bytes }] of this.#cache) {
      if (this.#cacheBytes <= MAX_CACHE_BYTES) return;
      this.#cache.delete(oldest);
      this.#cacheBytes -= bytes.byteLength + oldest.length;
    }
  }

  #read(position: number, { sessionId, types }: Subscription): readonly StoredEvent[] {
    const range = { after: position, limit: PAGE_SIZE };
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
