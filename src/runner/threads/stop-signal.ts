import type { HostFailure } from '../harness/harness.ts';

/** Why a turn is stopped: a user cancelled it, or the runner shuts down. */
export type StopReason =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'interrupted'; readonly failure: HostFailure };

/** Requests the turn in progress to stop. The first reason counts. */
export class StopSignal {
  readonly #requested = Promise.withResolvers<StopReason>();
  readonly #abort = new AbortController();
  #reason: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  /** For calls that can be aborted. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves with the reason once the turn should stop. */
  get requested(): Promise<StopReason> {
    return this.#requested.promise;
  }

  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#requested.resolve(this.#reason);
    this.#abort.abort();
  }
}
