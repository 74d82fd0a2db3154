import type { Journal, StoredEvent } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { eventView } from './views/event-view.ts';

/** Which events a client wants, and where it stands. */
export type Subscription = {
  readonly after: number;
  readonly sessionId?: SessionId;
  readonly types?: readonly string[];
};

export type StreamTiming = {
  /** A comment after this long without a message shows that the connection lives. */
  readonly heartbeatMs: number;
  /** The status has no commit that announces it, so it is looked at this often. */
  readonly lookMs: number;
  /** A client that takes nothing for this long is let go; it can resume where it stopped. */
  readonly patienceMs: number;
};

const usualTiming: StreamTiming = { heartbeatMs: 15_000, lookMs: 2_000, patienceMs: 300_000 };
/** Small, since a page is read whole and events can be large; a write takes pages until it is worth its while. */
const PAGE_SIZE = 50;
const ENOUGH_CHARACTERS = 64 * 1024;

/**
 * Sends what is committed, to any number of clients. Each client is a cursor over the journal and never a queue:
 * nothing is read for it before its socket has taken what was sent, so a slow one costs no memory.
 */
export class EventStreams {
  readonly #journal: Journal;
  readonly #statusJson: () => string;
  readonly #timing: StreamTiming;
  readonly #waiting = new Set<() => void>();
  readonly #open = new Set<() => void>();
  readonly #stopListening: () => void;

  constructor(journal: Journal, statusJson: () => string, timing: Partial<StreamTiming> = {}) {
    this.#journal = journal;
    this.#statusJson = statusJson;
    this.#timing = { ...usualTiming, ...timing };
    this.#stopListening = journal.onCommitted(() => this.#wake());
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The body of one client's answer. Ends with the daemon, or when the client goes. */
  open(subscription: Subscription): ReadableStream<Uint8Array> {
    const reader = new StreamReader(this.#journal, subscription, this.#statusJson);
    const encoder = new TextEncoder();
    let isClosed = false;
    let patience: NodeJS.Timeout | undefined;
    let finish = (): void => undefined;
    const stop = (): void => {
      isClosed = true;
      clearTimeout(patience);
      this.#open.delete(finish);
      this.#wake();
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          finish = () => {
            stop();
            controller.close();
          };
          this.#open.add(finish);
        },
        pull: async (controller) => {
          clearTimeout(patience);
          let text = reader.next();
          const heartbeatAt = performance.now() + this.#timing.heartbeatMs;
          while (text === null && !isClosed) {
            await this.#commitWithin(this.#timing.lookMs);
            text = isClosed ? null : reader.next();
            if (text === null && performance.now() >= heartbeatAt) text = ': still here\n\n';
          }
          if (isClosed || text === null) return;
          controller.enqueue(encoder.encode(text));
          patience = setTimeout(() => {
            if (isClosed) return;
            stop();
            controller.error(new Error('The client takes nothing.'));
          }, this.#timing.patienceMs);
          patience.unref();
        },
        cancel: stop,
      },
      // Nothing is read ahead of what the socket takes.
      { highWaterMark: 0 },
    );
  }

  /** Ends the streams that are open. Their clients come back and go on where they were. */
  end(): void {
    for (const finish of [...this.#open]) finish();
  }

  /** Ends every stream for good, so that the server can close. */
  close(): void {
    this.#stopListening();
    this.end();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  #commitWithin(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      this.#waiting.add(wake);
    });
  }
}

/** One client's place in the journal, and what it has been told besides events. */
class StreamReader {
  readonly #journal: Journal;
  readonly #subscription: Subscription;
  readonly #statusJson: () => string;
  #cursor: number;
  #isReady = false;
  #toldStatus: string | null = null;

  constructor(journal: Journal, subscription: Subscription, statusJson: () => string) {
    this.#journal = journal;
    this.#subscription = subscription;
    this.#statusJson = statusJson;
    this.#cursor = subscription.after;
  }

  /** The next messages; null when there is nothing to say now. */
  next(): string | null {
    const group = this.#nextEvents();
    if (group !== null) return group;
    const status = this.#statusJson();
    let text = '';
    if (status !== this.#toldStatus) {
      this.#toldStatus = status;
      text += `event: status\ndata: ${status}\n\n`;
    }
    if (!this.#isReady) {
      this.#isReady = true;
      text += `event: ready\ndata: {"after":${this.#cursor}}\n\n`;
    }
    return text === '' ? null : text;
  }

  /** The events after the cursor in one write: what piled up while the client was slow comes together. */
  #nextEvents(): string | null {
    let text = '';
    let page: readonly StoredEvent[];
    do {
      page = this.#read();
      for (const stored of page) {
        const id = this.#subscription.sessionId === undefined ? stored.position : stored.seq;
        if (this.#isWanted(stored)) {
          text += `id: ${id}\ndata: ${JSON.stringify(eventView(stored))}\n\n`;
        }
        this.#cursor = id;
      }
    } while (page.length === PAGE_SIZE && text.length < ENOUGH_CHARACTERS);
    return text === '' ? null : text;
  }

  #read(): readonly StoredEvent[] {
    const { sessionId, types } = this.#subscription;
    const range = { after: this.#cursor, limit: PAGE_SIZE };
    if (sessionId === undefined) {
      const lifecycleOnly = types !== undefined && !types.includes('StreamEvent');
      return this.#journal.allEvents({ ...range, lifecycleOnly });
    }
    return this.#journal.sessionEvents(sessionId, {
      ...range,
      ...(types === undefined ? {} : { types }),
    });
  }

  #isWanted({ event }: StoredEvent): boolean {
    return this.#subscription.types?.includes(event.type) ?? true;
  }
}
