import type { Journal } from '../journal/types.ts';
import { SharedPages, type Subscription } from './shared-pages.ts';

export type StreamTiming = {
  /** After this time without a message, a comment shows that the connection is alive. */
  readonly heartbeatMs: number;
  /** The interval at which the status is polled, because no commit announces its changes. */
  readonly statusPollMs: number;
  /** A client that reads nothing for this long is disconnected; it can resume from its last event. */
  readonly stalledTimeoutMs: number;
};

const defaultTiming: StreamTiming = {
  heartbeatMs: 15_000,
  statusPollMs: 2_000,
  stalledTimeoutMs: 300_000,
};

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(': still here\n\n');

/**
 * Streams committed events to any number of clients. Each client is a cursor over the journal instead of a queue: the
 * next events are read only when its socket has accepted the previous ones, so that slow clients need no memory.
 */
export class EventStreams {
  readonly #pages: SharedPages;
  readonly #statusJson: () => string;
  readonly #timing: StreamTiming;
  readonly #open = new Set<OpenStream>();
  readonly #stallCheck: NodeJS.Timeout;
  /** Resolves with the next commit or status poll: one promise and one timer for all waiting clients. */
  #next = Promise.withResolvers<void>();
  #poll: NodeJS.Timeout | undefined;
  readonly #stopListening: () => void;

  constructor(journal: Journal, statusJson: () => string, timing: Partial<StreamTiming> = {}) {
    this.#pages = new SharedPages(journal);
    this.#statusJson = statusJson;
    this.#timing = { ...defaultTiming, ...timing };
    this.#stopListening = journal.onCommitted(() => this.#wake());
    const { stalledTimeoutMs } = this.#timing;
    this.#stallCheck = setInterval(
      () => this.#dropStalled(),
      Math.min(stalledTimeoutMs, 30_000),
    ).unref();
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The response body for one client. Ends when the daemon stops or the client disconnects. */
  open(subscription: Subscription): ReadableStream<Uint8Array> {
    const reader = new StreamReader(this.#pages, subscription, this.#statusJson);
    const stream: OpenStream = { sentAt: null, isClosed: false, end() {}, fail() {} };
    const stop = (): void => {
      stream.isClosed = true;
      this.#open.delete(stream);
      this.#wake();
    };
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          stream.end = () => {
            stop();
            controller.close();
          };
          stream.fail = (reason) => {
            stop();
            controller.error(new Error(reason));
          };
          this.#open.add(stream);
        },
        pull: async (controller) => {
          stream.sentAt = null;
          const bytes = await this.#nextOf(reader, stream);
          if (stream.isClosed || bytes === null) return;
          controller.enqueue(bytes);
          stream.sentAt = performance.now();
        },
        cancel: stop,
      },
      // Nothing is read ahead of the socket.
      { highWaterMark: 0 },
    );
  }

  /** Ends all open streams. The clients reconnect and resume from their last event. */
  end(): void {
    for (const stream of [...this.#open]) stream.end();
  }

  /** Ends all streams permanently, so that the server can close. */
  close(): void {
    this.#stopListening();
    clearInterval(this.#stallCheck);
    this.end();
    clearTimeout(this.#poll);
  }

  /** Waits for the next messages of a client; null if it has disconnected. */
  async #nextOf(reader: StreamReader, stream: OpenStream): Promise<Uint8Array | null> {
    const heartbeatAt = performance.now() + this.#timing.heartbeatMs;
    let bytes = reader.next();
    while (bytes === null && !stream.isClosed) {
      this.#poll ??= setTimeout(() => this.#wake(), this.#timing.statusPollMs);
      await this.#next.promise;
      bytes = stream.isClosed ? null : reader.next();
      if (bytes === null && performance.now() >= heartbeatAt) bytes = HEARTBEAT;
    }
    return bytes;
  }

  #wake(): void {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve();
  }

  #dropStalled(): void {
    const since = performance.now() - this.#timing.stalledTimeoutMs;
    for (const stream of [...this.#open]) {
      if (stream.sentAt !== null && stream.sentAt <= since)
        stream.fail('The client does not read.');
    }
  }
}

type OpenStream = {
  /** When data was passed to the socket that it has not accepted yet; null if there is none. */
  sentAt: number | null;
  isClosed: boolean;
  end(): void;
  fail(reason: string): void;
};

/** One client's position in the journal, and the last status that it was sent. */
class StreamReader {
  readonly #pages: SharedPages;
  readonly #subscription: Subscription;
  readonly #statusJson: () => string;
  #position: number;
  #isReady = false;
  #sentStatus: string | null = null;

  constructor(pages: SharedPages, subscription: Subscription, statusJson: () => string) {
    this.#pages = pages;
    this.#subscription = subscription;
    this.#statusJson = statusJson;
    this.#position = subscription.after;
  }

  /** The next messages; null if there are none at present. */
  next(): Uint8Array | null {
    let page = this.#pages.after(this.#position, this.#subscription);
    while (page !== null) {
      this.#position = page.end;
      if (page.bytes.byteLength > 0) return page.bytes;
      page = this.#pages.after(this.#position, this.#subscription);
    }
    const status = this.#statusJson();
    let text = '';
    if (status !== this.#sentStatus) {
      this.#sentStatus = status;
      text += `event: status\ndata: ${status}\n\n`;
    }
    if (!this.#isReady) {
      this.#isReady = true;
      text += `event: ready\ndata: {"after":${this.#position}}\n\n`;
    }
    return text === '' ? null : encoder.encode(text);
  }
}
