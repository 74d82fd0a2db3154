import type { JournalTrouble } from './types.ts';

/** Calls back once after a delay. Returns a function that cancels it. */
export type Schedule = (callback: () => void, milliseconds: number) => () => void;

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 10_000;

type Listener = (trouble: JournalTrouble | null) => void;

/** Remembers that writing to the disk fails, reports it once, and retries at growing intervals until it works. */
export class TroubleMonitor {
  readonly #listeners = new Set<Listener>();
  readonly #schedule: Schedule;
  readonly #retry: () => void;
  #present: JournalTrouble | null = null;
  #retryMs = FIRST_RETRY_MS;
  #cancelRetry: (() => void) | null = null;

  constructor(schedule: Schedule, retry: () => void) {
    this.#schedule = schedule;
    this.#retry = retry;
  }

  get isPresent(): boolean {
    return this.#present !== null;
  }

  subscribe(listener: Listener): () => void {
    const entry: Listener = (trouble) => listener(trouble);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  report(trouble: JournalTrouble): void {
    const isNew = this.#present?.code !== trouble.code;
    this.#present = trouble;
    this.#cancelRetry ??= this.#schedule(() => {
      this.#cancelRetry = null;
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS);
      this.#retry();
    }, this.#retryMs);
    if (isNew) this.#notify(trouble);
  }

  clear(): void {
    if (this.#present === null) return;
    this.#present = null;
    this.stop();
    this.#retryMs = FIRST_RETRY_MS;
    this.#notify(null);
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #notify(trouble: JournalTrouble | null): void {
    for (const listener of [...this.#listeners]) listener(trouble);
  }
}
