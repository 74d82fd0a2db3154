import type { HostFailure } from '../harness/harness.ts';

/** Why a turn is ended before it is done: someone wants that, or the runner has to go. */
export type StopReason =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'interrupted'; readonly failure: HostFailure };

/** Tells the turn that is in progress to stop. The first reason counts. */
export class StopSignal {
  readonly #asked = Promise.withResolvers<StopReason>();
  readonly #abort = new AbortController();
  #reason: StopReason | null = null;

  get reason(): StopReason | null {
    return this.#reason;
  }

  /** For calls that can be given up. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves once there is a reason. */
  get asked(): Promise<StopReason> {
    return this.#asked.promise;
  }

  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#asked.resolve(this.#reason);
    this.#abort.abort();
  }
}
