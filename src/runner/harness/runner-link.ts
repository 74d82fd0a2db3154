import type { RawItem } from '../../transcript/item.ts';
import type { FromHost } from './harness.ts';
import type { UnstoredItem } from './unstored-items.ts';

/** How long items are batched. */
const BATCH_MS = 20;
/** Limits of the items that the runner has not stored yet; beyond them the harness is slowed down. */
export const MAX_UNSTORED_ITEMS = 1_000;
export const MAX_UNSTORED_LENGTH = 4_000_000;

/** Sends messages to the runner, in order. Resolves when the message was sent, or cannot be. */
export type Send = (message: FromHost) => Promise<void>;

/** The connection to the runner: batches items, and slows down the harness while the runner is behind. */
export class RunnerLink {
  readonly #send: Send;
  #turnId = '';
  #batch: RawItem[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** Items that the runner may not have stored yet, oldest first. */
  #unstored: UnstoredItem[] = [];
  #unstoredLength = 0;
  #waiting: (() => void)[] = [];

  constructor(send: Send) {
    this.#send = send;
  }

  /** Resolves when there is room for more. */
  add(turnId: string, items: readonly RawItem[]): Promise<void> {
    if (turnId !== this.#turnId) this.#flush();
    this.#turnId = turnId;
    for (const item of items) {
      this.#batch.push(item);
      this.#unstored.push({ turnId, item });
      this.#unstoredLength += item.dataText.length;
    }
    // A call may take effect now, and an item that is sent late could be lost with this process.
    if (items.some(({ kind }) => kind === 'tool-call')) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
    if (this.#hasRoom()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The runner has stored this many more items. */
  stored(count: number): void {
    for (const { item } of this.#unstored.splice(0, count))
      this.#unstoredLength -= item.dataText.length;
    if (!this.#hasRoom()) return;
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Sends a message after all items that were added before it. */
  send(message: Exclude<FromHost, { kind: 'items' }>): Promise<void> {
    this.#flush();
    return this.#send(message);
  }

  /** Items whose storing the runner has not confirmed, oldest first. */
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
