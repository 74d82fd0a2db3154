import type { RawItem } from '../../transcript/item.ts';
import type { FromHost } from './harness.ts';
import type { UnstoredItem } from './unstored-items.ts';

/** How long items wait for others to travel with. */
const BATCH_MS = 20;
/** What the runner may not have on disk yet before the harness is held back. */
export const MAX_UNSTORED_ITEMS = 1_000;
export const MAX_UNSTORED_LENGTH = 4_000_000;

/** Sends to the runner, in order. Settles when the message has left, or never will. */
export type Send = (message: FromHost) => Promise<void>;

/** The way to the runner: gathers items into messages, and holds the harness back while the runner is behind. */
export class RunnerLink {
  readonly #send: Send;
  #turnId = '';
  #batch: RawItem[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** What the runner may not have on disk yet, the oldest first. */
  #unstored: UnstoredItem[] = [];
  #unstoredLength = 0;
  #whenRoom: (() => void)[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  /** Settles when there is room for more. */
  add(turnId: string, items: readonly RawItem[]): Promise<void> {
    if (turnId !== this.#turnId) this.#flush();
    this.#turnId = turnId;
    for (const item of items) {
      this.#batch.push(item);
      this.#unstored.push({ turnId, item });
      this.#unstoredLength += item.dataText.length;
    }
    // A call takes effect now: what is told late could be lost with this process.
    if (items.some(({ kind }) => kind === 'tool-call')) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
    if (this.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => this.#whenRoom.push(resolve));
  }

  /** The runner has written so many more items to disk. */
  stored(count: number): void {
    for (const { item } of this.#unstored.splice(0, count))
      this.#unstoredLength -= item.dataText.length;
    if (!this.#hasRoom()) return;
    for (const go of this.#whenRoom.splice(0)) go();
  }

  /** Items that were added before go before it. */
  tell(message: Exclude<FromHost, { kind: 'items' }>): Promise<void> {
    this.#flush();
    return this.#send(message);
  }

  /** Of which the runner has not said that it has them on disk. */
  unstored(): readonly UnstoredItem[] {
    return [...this.#unstored];
  }

  #hasRoom(): boolean {
    return this.#unstored.length < MAX_UNSTORED_ITEMS && this.#unstoredLength < MAX_UNSTORED_LENGTH;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.length === 0) return;
    const items = this.#batch;
    this.#batch = [];
    void this.#send({ kind: 'items', turnId: this.#turnId, items });
  }
}
