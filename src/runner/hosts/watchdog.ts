import { ALIVE_EVERY_MS } from '../harness/harness.ts';

export type HostLimits = {
  /** Without a sign of life and without using the processor. */
  readonly silentMs: number;
  /** Without a sign of life, whatever it does. */
  readonly busyMs: number;
  readonly startMs: number;
  readonly memoryBytes: number;
};

export const DEFAULT_HOST_LIMITS: HostLimits = {
  silentMs: 60_000,
  busyMs: 5 * 60_000,
  // A busy machine loads a large SDK slowly.
  startMs: 120_000,
  memoryBytes: 2 * 1024 ** 3,
};

export const LOOK_EVERY_MS = ALIVE_EVERY_MS;

/** What a look at the host shows. */
export type Look = {
  /** Milliseconds from any beginning. */
  readonly at: number;
  /** A text that changes while the process uses the processor; null if the system does not tell. */
  readonly activity: string | null;
  /** Halted by a signal or a debugger: someone's will, not a hang. */
  readonly isSuspended: boolean;
};

/**
 * Decides whether a host hangs. Only time in which we looked counts: a machine that slept, or a runner that was halted
 * itself, has seen nothing and blames nobody.
 */
export class Watchdog {
  readonly #limits: HostLimits;
  #lastLook: Look | null = null;
  #silentMs = 0;
  #idleMs = 0;

  constructor(limits: HostLimits) {
    this.#limits = limits;
  }

  noteAlive(): void {
    this.#silentMs = 0;
    this.#idleMs = 0;
  }

  /** Whether the host hangs. */
  look(look: Look): boolean {
    const last = this.#lastLook;
    this.#lastLook = look;
    if (last === null || look.isSuspended) return false;
    const passedMs = look.at - last.at;
    if (passedMs > 3 * LOOK_EVERY_MS) return false;
    this.#silentMs += passedMs;
    const isIdle = look.activity === null || look.activity === last.activity;
    this.#idleMs = isIdle ? this.#idleMs + passedMs : 0;
    return this.#silentMs > this.#limits.busyMs || this.#idleMs > this.#limits.silentMs;
  }
}
