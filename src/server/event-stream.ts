import type { Journal } from '../journal/types.ts';
import { SharedPages, type Subscription } from './shared-pages.ts';

export type StreamTiming = {
  /** A comment after this long without a message shows that the connection lives. */
  readonly heartbeatMs: number;
  /** The status has no commit that announces it, so it is looked at this often. */
  readonly statusPollMs: number;
  /** A client that takes nothing for this long is let go; it can resume where it stopped. */
  readonly stalledTimeoutMs: number;
};

const usualTiming: StreamTiming = {
  heartbeatMs: 15_000,
  statusPollMs: 2_000,
  stalledTimeoutMs: 300_000,
};

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(': still here\n\n');

/**
 * Sends what is committed, to any number of clients. Each client is a cursor over the journal and never a queue:
 * nothing is read for it before its socket has taken what was sent, so a slow one costs no memory.
 */
export class EventStreams {
  readonly #pages: SharedPages;
  readonly #statusJson: () => string;
  readonly #timing: StreamTiming;
  readonly #open = new Set<OpenStream>();
  readonly #patience: NodeJS.Timeout;
  /** Resolves with the next commit, or when it is time to look: one promise and one timer for all that wait. */
  #next = Promise.withResolvers<void>();
  #look: NodeJS.Timeout | undefined;
  readonly #stopListening: () => void;

  constructor(journal: Journal, statusJson: () => string, timing: Partial<StreamTiming> = {}) {
    this.#pages = new SharedPages(journal);
    this.#statusJson = statusJson;
    this.#timing = { ...usualTiming, ...timing };
    this.#stopListening = journal.onCommitted(() => this.#wake());
    const { stalledTimeoutMs } = this.#timing;
    this.#patience = setInterval(() => this.#letGo(), Math.min(stalledTimeoutMs, 30_000)).unref();
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** The body of one client's answer. Ends with the daemon, or when the client goes. */
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
      // Nothing is read ahead of what the socket takes.
      { highWaterMark: 0 },
    );
  }

  /** Ends the streams that are open. Their clients come back and continue where they were. */
  end(): void {
    for (const stream of [...this.#open]) stream.end();
  }

  /** Ends every stream for good, so that the server can close. */
  close(): void {
    this.#stopListening();
    clearInterval(this.#patience);
    this.end();
    clearTimeout(this.#look);
  }

  /** What a client is to be told next, once there is something; null when it is gone. */
  async #nextOf(reader: StreamReader, stream: OpenStream): Promise<Uint8Array | null> {
    const heartbeatAt = performance.now() + this.#timing.heartbeatMs;
    let bytes = reader.next();
    while (bytes === null && !stream.isClosed) {
      this.#look ??= setTimeout(() => this.#wake(), this.#timing.statusPollMs);
      await this.#next.promise;
      bytes = stream.isClosed ? null : reader.next();
      if (bytes === null && performance.now() >= heartbeatAt) bytes = HEARTBEAT;
    }
    return bytes;
  }

  #wake(): void {
    clearTimeout(this.#look);
    this.#look = undefined;
    const { resolve } = this.#next;
    this.#next = Promise.withResolvers();
    resolve();
  }

  #letGo(): void {
    const since = performance.now() - this.#timing.stalledTimeoutMs;
    for (const stream of [...this.#open]) {
      if (stream.sentAt !== null && stream.sentAt <= since)
        stream.fail('The client does not read.');
    }
  }
}

type OpenStream = {
  /** When something was given to its socket that was not taken yet; null while there is no such thing. */
  sentAt: number | null;
  isClosed: boolean;
  end(): void;
  fail(reason: string): void;
};

/** One client's place in the journal, and what it has been told besides events. */
class StreamReader {
  readonly #pages: SharedPages;
  readonly #subscription: Subscription;
  readonly #statusJson: () => string;
  #place: number;
  #isReady = false;
  #toldStatus: string | null = null;

  constructor(pages: SharedPages, subscription: Subscription, statusJson: () => string) {
    this.#pages = pages;
    this.#subscription = subscription;
    this.#statusJson = statusJson;
    this.#place = subscription.after;
  }

  /** The next messages; null when there is nothing to say now. */
  next(): Uint8Array | null {
    let page = this.#pages.after(this.#place, this.#subscription);
    while (page !== null) {
      this.#place = page.end;
      if (page.bytes.byteLength > 0) return page.bytes;
      page = this.#pages.after(this.#place, this.#subscription);
    }
    const status = this.#statusJson();
    let text = '';
    if (status !== this.#toldStatus) {
      this.#toldStatus = status;
      text += `event: status\ndata: ${status}\n\n`;
    }
    if (!this.#isReady) {
      this.#isReady = true;
      text += `event: ready\ndata: {"after":${this.#place}}\n\n`;
    }
    return text === '' ? null : encoder.encode(text);
  }
}
