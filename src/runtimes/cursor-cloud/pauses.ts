import { failureFromHost } from './sdk-failures.ts';
import type { HostFailure, HostResult, SdkHost } from './sdk-host/client.ts';
import type { OperationName } from './sdk-host/protocol.ts';
import type { Clock } from './time.ts';

/** During a pause, one call per interval probes whether Cursor accepts calls again. */
export const PROBE_INTERVAL_MS = 5 * 60_000;

/** Calls with a common rate limit. A pause of one kind does not affect the others. */
export type CallKind = OperationName | 'stream' | 'record' | 'artifacts' | 'usage' | 'list';

/** A pause that Cursor requested with a 429 and `Retry-After`. Changes of the clock never make it longer than requested. */
export class Pause {
  readonly #clock: Clock;
  #lastClockMs: number;
  #endsAt = 0;
  #probeAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastClockMs = clock();
  }

  /** Starts a pause, or replaces the current one. */
  begin(lengthMs: number): void {
    const now = this.#now();
    this.#endsAt = now + lengthMs;
    this.#probeAt = now + PROBE_INTERVAL_MS;
  }

  /** Ends the pause, because Cursor accepted a call or the user does not want to wait. */
  end(): void {
    this.#endsAt = 0;
  }

  get leftMs(): number {
    const now = this.#now();
    return Math.max(0, this.#endsAt - now);
  }

  /** Milliseconds until the next call is allowed: at the end of the pause, or as the next probe. */
  get waitMs(): number {
    const now = this.#now();
    return Math.max(0, Math.min(this.#endsAt, this.#probeAt) - now);
  }

  /** Records that a call is sent. During a pause it is the probe. */
  recordCall(): void {
    if (this.leftMs > 0) this.#probeAt = this.#now() + PROBE_INTERVAL_MS;
  }

  /** The reason and end of the pause, for display; null if there is none. */
  get reason(): string | null {
    const leftMs = this.leftMs;
    if (leftMs === 0) return null;
    const until = new Date(this.#endsAt).toISOString().slice(0, 16).replace('T', ' ');
    const probes = leftMs > PROBE_INTERVAL_MS ? '; it is checked every 5 minutes' : '';
    return `Cursor asked for a pause until ${until} UTC (429)${probes}.`;
  }

  /** If the clock was set back, the pause moves with it. */
  #now(): number {
    const now = this.#clock();
    const setBackMs = Math.max(0, this.#lastClockMs - now);
    this.#endsAt -= setBackMs;
    this.#probeAt -= setBackMs;
    this.#lastClockMs = now;
    return now;
  }
}

/** The pauses by kind of call. */
export type Pauses = {
  of(kind: CallKind): Pause;
  /** Ends all pauses, because the user does not want to wait. */
  end(): void;
};

export function createPauses(clock: Clock): Pauses {
  const pauses = new Map<CallKind, Pause>();
  return {
    of(kind) {
      const pause = pauses.get(kind) ?? new Pause(clock);
      pauses.set(kind, pause);
      return pause;
    },
    end() {
      for (const pause of pauses.values()) pause.end();
    },
  };
}

/** Wraps the SDK host with a pause for each operation. During a pause, calls fail without being sent. */
export function pausingHost(host: SdkHost, pauses: Pauses, clock: Clock): SdkHost {
  return {
    ...host,
    async call<Name extends OperationName>(...[apiKey, operation]: Parameters<SdkHost['call']>) {
      const pause = pauses.of(operation.name);
      const { reason, waitMs } = pause;
      if (reason !== null && waitMs > 0) {
        const failure: HostFailure = { kind: 'paused', retryAfterMs: waitMs, reason };
        return { ok: false, failure };
      }
      pause.recordCall();
      // The host returns the value of the requested operation.
      const result = (await host.call(apiKey, operation)) as HostResult<Name>;
      if (result.ok) pause.end();
      else recordRateLimit(pause, result.failure, clock());
      return result;
    },
  };
}

function recordRateLimit(pause: Pause, failure: HostFailure, now: number): void {
  if (failure.kind !== 'thrown') return;
  const { error } = failureFromHost(failure, now);
  if (error.code === 'rate_limited' && error.retryAfterMs !== undefined) {
    pause.begin(error.retryAfterMs);
  }
}
