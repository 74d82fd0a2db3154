import { HOST_HEARTBEAT_EVERY_MS } from '../harness/harness.ts';

export type HostLimits = {
  /** Without a heartbeat and without CPU use. */
  readonly silentMs: number;
  /** Without a heartbeat. */
  readonly busyMs: number;
  readonly startMs: number;
  readonly memoryBytes: number;
};

export const DEFAULT_HOST_LIMITS: HostLimits = {
  silentMs: 60_000,
  busyMs: 5 * 60_000,
  // Loading a large SDK is slow on a busy machine.
  startMs: 120_000,
  memoryBytes: 2 * 1024 ** 3,
};

export const CHECK_EVERY_MS = HOST_HEARTBEAT_EVERY_MS;

/** The state of a host at one point in time. */
export type Sample = {
  /** Monotonic, in milliseconds. */
  readonly at: number;
  /** Changes while the process uses the CPU; null if the system does not report it. */
  readonly activity: string | null;
  /** Stopped by a signal or a debugger, which is intended and not a hang. */
  readonly isSuspended: boolean;
};

/**
 * Decides whether a host hangs. Only time between regular checks counts: after a sleep of the machine, or a suspension
 * of the runner itself, nothing is known about the host.
 */
export class Watchdog {
  readonly #limits: HostLimits;
  #lastSample: Sample | null = null;
  #silentMs = 0;
  #idleMs = 0;

  constructor(limits: HostLimits) {
    this.#limits = limits;
  }

  recordHeartbeat(): void {
    this.#silentMs = 0;
    this.#idleMs = 0;
  }

  /** Takes a sample; returns whether the host hangs. */
  check(sample: Sample): boolean {
    const last = this.#lastSample;
    this.#lastSample = sample;
    if (last === null || sample.isSuspended) return false;
    const passedMs = sample.at - last.at;
    if (passedMs > 3 * CHECK_EVERY_MS) return false;
    this.#silentMs += passedMs;
    const isIdle = sample.activity === null || sample.activity === last.activity;
    this.#idleMs = isIdle ? this.#idleMs + passedMs : 0;
    return this.#silentMs > this.#limits.busyMs || this.#idleMs > this.#limits.silentMs;
  }
}
