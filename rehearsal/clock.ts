/** Where the clock stands: `simulatedMs` at the moment the machine's own clock showed `realMs`. */
export type ClockState = {
  readonly realMs: number;
  readonly simulatedMs: number;
  readonly jumpedMs: number;
  readonly scale: number;
};

type Sleeper = { readonly wakeAtMs: number; readonly wake: () => void; timer?: NodeJS.Timeout };

const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's clock, made monotonic: when the machine's clock is set back, time goes on from the latest value that
 * was returned. Otherwise all sleeps would stall until the machine's clock caught up.
 */
export function steadyClock(
  wallNow: () => number = Date.now,
  passedMs: () => number = () => performance.now(),
): () => number {
  let last = { at: wallNow(), passedMs: passedMs() };
  return () => {
    const passed = passedMs();
    last = { at: Math.max(wallNow(), last.at + passed - last.passedMs), passedMs: passed };
    return Math.round(last.at);
  };
}

/**
 * Simulated time for agents. It can run faster than the machine's clock and can jump, so that a four-hour run takes
 * seconds and still reports four hours.
 */
export class Clock {
  #state: ClockState;
  readonly #realNow: () => number;
  readonly #sleepers = new Set<Sleeper>();
  readonly #onChange: (state: ClockState) => void;

  constructor(settings: {
    readonly scale: number;
    readonly state?: ClockState;
    readonly realNow?: () => number;
    readonly onChange?: (state: ClockState) => void;
  }) {
    this.#realNow = settings.realNow ?? steadyClock();
    this.#onChange = settings.onChange ?? (() => undefined);
    const realMs = this.#realNow();
    this.#state = settings.state ?? { realMs, simulatedMs: realMs, jumpedMs: 0, scale: 1 };
    // The machine's clock was set back since the state was stored: time continues from there.
    if (this.#state.realMs > realMs) this.#change({ realMs });
    if (settings.scale !== this.#state.scale) this.setScale(settings.scale);
  }

  /** Simulated time: what timestamps, event ids and durations show. */
  now(): number {
    const { realMs, simulatedMs, scale } = this.#state;
    return Math.round(simulatedMs + (this.#realNow() - realMs) * scale);
  }

  /** Real time plus jumps, without the scale: for what a real client waits for (links, limits, retention). */
  unscaledNow(): number {
    return this.#realNow() + this.#state.jumpedMs;
  }

  get scale(): number {
    return this.#state.scale;
  }

  setScale(scale: number): void {
    if (!(scale > 0)) throw new RangeError(`The time scale must be above zero, not ${scale}`);
    this.#change({ realMs: this.#realNow(), simulatedMs: this.now(), scale });
  }

  jump(byMs: number): void {
    if (!(byMs >= 0)) throw new RangeError('The clock can only jump forward');
    const simulatedMs = this.now() + byMs;
    this.#change({ realMs: this.#realNow(), simulatedMs, jumpedMs: this.#state.jumpedMs + byMs });
  }

  /** Sleeps for simulated milliseconds; rejects with the signal's reason when it is aborted. */
  async sleep(simulatedMs: number, signal?: AbortSignal): Promise<void> {
    await this.sleepUntil(this.now() + simulatedMs, signal);
  }

  async sleepUntil(wakeAtMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (wakeAtMs <= this.now()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper: Sleeper = { wakeAtMs, wake: resolve };
    const abort = () => reject(signal?.reason);
    this.#sleepers.add(sleeper);
    signal?.addEventListener('abort', abort, { once: true });
    this.#arm(sleeper);
    try {
      await promise;
    } finally {
      this.#sleepers.delete(sleeper);
      clearTimeout(sleeper.timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  #change(change: Partial<ClockState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
    for (const sleeper of this.#sleepers) this.#arm(sleeper);
  }

  #arm(sleeper: Sleeper): void {
    clearTimeout(sleeper.timer);
    const realMs = (sleeper.wakeAtMs - this.now()) / this.#state.scale;
    // A timer beyond 2^31 ms would fire at once, so long sleeps use several timers.
    sleeper.timer = setTimeout(
      () => (sleeper.wakeAtMs <= this.now() ? sleeper.wake() : this.#arm(sleeper)),
      Math.min(Math.max(1, Math.ceil(realMs)), longestTimerMs),
    );
  }
}
