import { startWatchdog, type Watchdog } from '../lib/watchdog.ts';
import type { ArtifactLimits } from './limits.ts';

export type WatchdogLimits = Pick<
  ArtifactLimits,
  'idleTimeoutMs' | 'minBytesPerSecond' | 'rateWindowMs'
>;

/** Aborts a transfer that has stalled or is too slow. Dispose of it when the transfer is over. */
export class TransferWatchdog implements Disposable {
  readonly #limits: WatchdogLimits;
  readonly #now: () => number;
  readonly #controller = new AbortController();
  readonly #idleWatchdog: Watchdog;
  #windowStart: number;
  #windowBytes = 0;

  /** @param now monotonic milliseconds */
  constructor(limits: WatchdogLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#windowStart = now();
    this.#idleWatchdog = startWatchdog(limits.idleTimeoutMs, () => this.#controller.abort());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the transfer was cut off for being too slow. */
  get timedOut(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Call it for every chunk. */
  received(bytes: number): void {
    this.#idleWatchdog.reset();
    this.#windowBytes += bytes;
    const elapsedMs = this.#now() - this.#windowStart;
    if (elapsedMs < this.#limits.rateWindowMs) return;
    if (this.#windowBytes < (this.#limits.minBytesPerSecond * elapsedMs) / 1000)
      this.#controller.abort();
    this.#windowStart += elapsedMs;
    this.#windowBytes = 0;
  }

  [Symbol.dispose](): void {
    this.#idleWatchdog[Symbol.dispose]();
  }
}
