import type { FollowObserver } from '../../turn-reading.ts';
import type { TurnStatus } from '../../turn-records.ts';
import type { Clock } from '../time.ts';

type GapReason = Parameters<FollowObserver['onGap']>[0]['reason'];
type Connection = 'live' | 'reconnecting' | 'unknown';

/** Tells the observer about the reading itself: a change of the connection once, a sign of life now and then. */
export class Announcer {
  readonly #observer: FollowObserver;
  readonly #clock: Clock;
  readonly #signEveryMs: number;
  #connection: Connection | undefined;
  #pauseReason: string | undefined;
  #lastHeartbeatAt = Number.NEGATIVE_INFINITY;

  constructor(observer: FollowObserver, clock: Clock, signEveryMs: number) {
    this.#observer = observer;
    this.#clock = clock;
    this.#signEveryMs = signEveryMs;
  }

  connection(connection: Connection, reason?: string): void {
    if (this.#connection === connection) return;
    // A try that follows an unknown state is no news: hours of outage would tell it again and again.
    if (this.#connection === 'unknown' && connection === 'reconnecting') return;
    this.#connection = connection;
    this.#pauseReason = undefined;
    this.#observer.onConnection(connection, reason);
  }

  /** Nothing is connected for a while, because Cursor asked for it: said once for each pause. */
  paused(reason: string): void {
    if (this.#pauseReason === reason || this.#connection === 'unknown') return;
    this.#connection = 'reconnecting';
    this.#pauseReason = reason;
    this.#observer.onConnection('reconnecting', reason);
  }

  /** Cursor answers again, though not yet on the stream. */
  answered(): void {
    if (this.#connection !== 'unknown') return;
    this.#connection = 'reconnecting';
    this.#observer.onConnection('reconnecting', 'Cursor responds again');
  }

  sign(): void {
    const now = this.#clock();
    // The wall clock may jump either way; both count as time that has passed.
    if (Math.abs(now - this.#lastHeartbeatAt) < this.#signEveryMs) return;
    this.#lastHeartbeatAt = now;
    this.#observer.onHeartbeat?.();
  }

  gap(reason: GapReason, detail: string, turnStatus: TurnStatus | undefined): void {
    this.#observer.onGap({ reason, detail, ...(turnStatus === undefined ? {} : { turnStatus }) });
  }
}
