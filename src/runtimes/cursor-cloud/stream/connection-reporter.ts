import type { FollowObserver } from '../../follow-types.ts';
import type { TurnStatus } from '../../turn-records.ts';
import type { Clock } from '../time.ts';

type GapReason = Parameters<FollowObserver['onGap']>[0]['reason'];
type Connection = 'live' | 'reconnecting' | 'unknown';

/** Reports the state of the connection to the observer: each change once, and heartbeats at a limited rate. */
export class ConnectionReporter {
  readonly #observer: FollowObserver;
  readonly #clock: Clock;
  readonly #heartbeatIntervalMs: number;
  #connection: Connection | undefined;
  #pauseReason: string | undefined;
  #lastHeartbeatAt = Number.NEGATIVE_INFINITY;

  constructor(observer: FollowObserver, clock: Clock, heartbeatIntervalMs: number) {
    this.#observer = observer;
    this.#clock = clock;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
  }

  connection(connection: Connection, reason?: string): void {
    if (this.#connection === connection) return;
    // Retries in the unknown state are not reported, or an outage of hours would repeat them again and again.
    if (this.#connection === 'unknown' && connection === 'reconnecting') return;
    this.#connection = connection;
    this.#pauseReason = undefined;
    this.#observer.onConnection(connection, reason);
  }

  /** Cursor requested a pause, so nothing is connected. Reported once for each pause. */
  paused(reason: string): void {
    if (this.#pauseReason === reason || this.#connection === 'unknown') return;
    this.#connection = 'reconnecting';
    this.#pauseReason = reason;
    this.#observer.onConnection('reconnecting', reason);
  }

  /** Cursor responds again, but not yet on the stream. */
  answered(): void {
    if (this.#connection !== 'unknown') return;
    this.#connection = 'reconnecting';
    this.#observer.onConnection('reconnecting', 'Cursor responds again');
  }

  heartbeat(): void {
    const now = this.#clock();
    // The clock may jump in either direction; both count as elapsed time.
    if (Math.abs(now - this.#lastHeartbeatAt) < this.#heartbeatIntervalMs) return;
    this.#lastHeartbeatAt = now;
    this.#observer.onHeartbeat?.();
  }

  gap(reason: GapReason, detail: string, turnStatus: TurnStatus | undefined): void {
    this.#observer.onGap({ reason, detail, ...(turnStatus === undefined ? {} : { turnStatus }) });
  }
}
