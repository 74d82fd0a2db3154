import { failureFromHost } from './sdk-failures.ts';
import type { HostAnswer, HostFailure, SdkHost } from './sdk-host/client.ts';
import type { OperationName } from './sdk-host/protocol.ts';
import type { Clock } from './time.ts';

/** While a kind of call pauses, one call this often finds out whether Cursor takes it again. */
export const PROBE_EVERY_MS = 5 * 60_000;

/** Calls that Cursor limits together: a pause that it asks for on one of them says nothing about the others. */
export type CallKind = OperationName | 'stream' | 'record' | 'artifacts' | 'usage' | 'list';

/** A pause that Cursor asked for with a 429 and `Retry-After`. Wall clocks are set: no wait outgrows what was asked for. */
export class Pause {
  readonly #clock: Clock;
  #lookedAt: number;
  #endsAt = 0;
  #probeAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lookedAt = clock();
  }

  /** The newest answer counts; a probe that met it is over. */
  begin(lengthMs: number): void {
    const now = this.#now();
    this.#endsAt = now + lengthMs;
    this.#probeAt = now + PROBE_EVERY_MS;
  }

  /** Cursor took a call, or a person does not want to wait. */
  end(): void {
    this.#endsAt = 0;
  }

  get leftMs(): number {
    const now = this.#now();
    return Math.max(0, this.#endsAt - now);
  }

  /** How long until the next call may go: the end of the pause, or the next probe. */
  get waitMs(): number {
    const now = this.#now();
    return Math.max(0, Math.min(this.#endsAt, this.#probeAt) - now);
  }

  /** A call goes now. During a pause it is the probe, and the only one for a while. */
  enter(): void {
    if (this.leftMs > 0) this.#probeAt = this.#now() + PROBE_EVERY_MS;
  }

  /** Why nothing goes, and until when; null without a pause. */
  get reason(): string | null {
    const leftMs = this.leftMs;
    if (leftMs === 0) return null;
    const until = new Date(this.#endsAt).toISOString().slice(0, 16).replace('T', ' ');
    const probes = leftMs > PROBE_EVERY_MS ? '; it is checked every 5 minutes' : '';
    return `Cursor asked for a pause until ${until} UTC (429)${probes}.`;
  }

  /** A clock that was set back takes the pause with it. */
  #now(): number {
    const now = this.#clock();
    const backMs = Math.max(0, this.#lookedAt - now);
    this.#endsAt -= backMs;
    this.#probeAt -= backMs;
    this.#lookedAt = now;
    return now;
  }
}

/** One pause for each kind of call. */
export type Pauses = {
  of(kind: CallKind): Pause;
  /** A person does not want to wait: everything is tried at once. */
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

/** The SDK host with a pause for each of its operations: during one, calls are refused here and do not go out. */
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
      pause.enter();
      // The host answers with the value of the operation that it was asked for.
      const answer = (await host.call(apiKey, operation)) as HostAnswer<Name>;
      if (answer.ok) pause.end();
      else noteRefusal(pause, answer.failure, clock());
      return answer;
    },
  };
}

function noteRefusal(pause: Pause, failure: HostFailure, now: number): void {
  if (failure.kind !== 'thrown') return;
  const { error } = failureFromHost(failure, now);
  if (error.code === 'rate_limited' && error.retryAfterMs !== undefined) {
    pause.begin(error.retryAfterMs);
  }
}
