import { type Backoff, fullJitter } from '../../../lib/backoff.ts';
import type { Sleep } from '../../../lib/sleep.ts';

export type ReconnectBackoffOptions = {
  readonly backoff: Backoff;
  readonly random: () => number;
  readonly sleep: Sleep;
};

/** The wait before the next connection, which grows with each consecutive failure. */
export class ReconnectBackoff {
  readonly #options: ReconnectBackoffOptions;
  #failures = 0;
  #minWaitMs = 0;
  #wait = new AbortController();

  constructor(options: ReconnectBackoffOptions) {
    this.#options = options;
  }

  /** The next wait is as short as after a first failure. */
  reset(): void {
    this.#failures = 0;
  }

  /** Sets the shortest duration of the next wait. */
  requireAtLeast(minWaitMs: number): void {
    this.#minWaitMs = minWaitMs;
  }

  /** Ends the current wait, if there is one. */
  end(): void {
    this.#wait.abort();
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { backoff, random, sleep } = this.#options;
    this.#failures += 1;
    const waitMs = fullJitter(backoff, this.#failures, random, this.#minWaitMs);
    this.#minWaitMs = 0;
    this.#wait = new AbortController();
    await sleep(waitMs, AbortSignal.any([signal, this.#wait.signal]));
  }
}
