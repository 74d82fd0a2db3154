import type { Sleep } from '../../../lib/sleep.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../../follow-types.ts';
import { PROBE_INTERVAL_MS } from '../pauses.ts';
import type { Reads } from '../reads.ts';
import { MISSING_KEY } from '../rest.ts';
import { acquireSlot } from './acquire-slot.ts';
import { ConnectionReporter } from './connection-reporter.ts';
import { CursorTracker } from './cursor-tracker.ts';
import {
  type ConnectionDependencies,
  type ConnectionOutcome,
  followConnection,
} from './follow-connection.ts';
import { FrameItems } from './items.ts';
import { type ConnectionEnd, describeEnd } from './reader.ts';
import { ReconnectBackoff } from './reconnect-backoff.ts';
import { needsUser, RecordCheck } from './record-check.ts';
import { RunStatusTracker } from './run-status-tracker.ts';

export type FollowDependencies = ConnectionDependencies & {
  readonly apiKey: () => string | null;
  readonly reads: Reads;
  readonly random: () => number;
  readonly sleep: Sleep;
};

/**
 * Follows a run's stream until `done`, through any number of reconnects. Silence, a clean end of the body, and a settled
 * record do not end the following; only `done` does, or the certainty that the rest is not available.
 */
export class RunFollower {
  readonly #dependencies: FollowDependencies;
  readonly #request: FollowRequest;
  readonly #observer: FollowObserver;
  readonly #status: RunStatusTracker;
  readonly #reporter: ConnectionReporter;
  readonly #record: RecordCheck;
  readonly #backoff: ReconnectBackoff;
  #tracker: CursorTracker;
  readonly #items = new FrameItems();
  /** Aborts the current connection or wait; replaced once it has. */
  #connectionAbort = new AbortController();
  #emptyEndings = 0;
  #hasReportedExpiry = false;

  constructor(dependencies: FollowDependencies, request: FollowRequest, observer: FollowObserver) {
    this.#dependencies = dependencies;
    this.#request = request;
    this.#observer = observer;
    this.#status = new RunStatusTracker(request, observer);
    const { clock, limits, random, reads, sleep } = dependencies;
    this.#reporter = new ConnectionReporter(observer, clock, limits.heartbeatIntervalMs);
    this.#record = new RecordCheck(request, reads, this.#status, this.#reporter);
    this.#backoff = new ReconnectBackoff({ backoff: limits.backoff, random, sleep });
    this.#tracker = new CursorTracker(request.cursor);
  }

  /** Drops the current connection or wait and reconnects at once. */
  wake(): void {
    this.#backoff.reset();
    this.#backoff.requireAtLeast(0);
    this.#connectionAbort.abort();
  }

  /** Ends the wait before the next attempt; does not affect an open connection. */
  endBackoff(): void {
    this.#backoff.end();
  }

  async run(): Promise<FollowEnd> {
    const stop = () => this.#connectionAbort.abort();
    this.#request.signal.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#request.signal.aborted) {
        if (this.#connectionAbort.signal.aborted) this.#connectionAbort = new AbortController();
        const end = await this.#followOnce();
        if (end !== null) return end;
      }
      return { kind: 'aborted' };
    } finally {
      this.#request.signal.removeEventListener('abort', stop);
    }
  }

  /** Makes one connection and handles its outcome. Null to continue with the next connection. */
  async #followOnce(): Promise<FollowEnd | null> {
    const key = this.#dependencies.apiKey();
    if (key === null) return { kind: 'blocked', error: MISSING_KEY.error };
    const wasTerminal = this.#status.isTerminal;
    const slot = await this.#acquireSlot();
    if (slot !== 'acquired') return slot;
    const outcome = await this.#connect(key);
    if (outcome.end.kind === 'aborted') return null;
    if (outcome.hasProgress) this.#emptyEndings = 0;
    if (outcome.hasProgress || outcome.lastedMs >= this.#dependencies.limits.stableConnectionMs)
      this.#backoff.reset();
    if (outcome.end.kind === 'done') {
      const isComplete = this.#status.hasResult || (wasTerminal && outcome.problem === undefined);
      if (isComplete) return { kind: 'complete' };
    }
    this.#reporter.connection('reconnecting', outcome.problem ?? describeEnd(outcome.end));
    const end = await this.#afterDrop(outcome);
    if (end !== null || this.#connectionAbort.signal.aborted) return end;
    await this.#backoff.wait(this.#connectionAbort.signal);
    return null;
  }

  /** Waits for a slot of the limiter. During a pause the record is read instead. Null if aborted. */
  #acquireSlot(): Promise<FollowEnd | 'acquired' | null> {
    const { limiter, limits, sleep } = this.#dependencies;
    const { isUrgent } = this.#request;
    const duringPause = (reason: string) => {
      this.#reporter.paused(reason);
      return this.#readRecord();
    };
    const pollIntervalMs = limits.pausedRecordIntervalMs;
    return acquireSlot(
      { limiter, sleep, isUrgent, duringPause, pollIntervalMs },
      this.#connectionAbort.signal,
    );
  }

  #connect(apiKey: string): Promise<ConnectionOutcome> {
    const { signal } = this.#connectionAbort;
    const state = {
      tracker: this.#tracker,
      items: this.#items,
      status: this.#status,
      reporter: this.#reporter,
      observer: this.#observer,
    };
    return followConnection(this.#dependencies, this.#request, { state, apiKey, signal });
  }

  async #afterDrop(outcome: ConnectionOutcome): Promise<FollowEnd | null> {
    const { end } = outcome;
    if (end.kind === 'refused') {
      const followEnd = await this.#afterRefusal(end);
      if (followEnd !== 'drop') return followEnd;
    } else if (
      !outcome.hasProgress ||
      outcome.problem !== undefined ||
      this.#status.isEndAnnounced
    ) {
      const blocked = await this.#readRecord();
      if (blocked !== null) return blocked;
    }
    if (!this.#status.isTerminal || outcome.hasProgress || end.kind === 'unreachable') return null;
    return this.#countEmptyEnding();
  }

  async #afterRefusal(
    end: Extract<ConnectionEnd, { kind: 'refused' }>,
  ): Promise<FollowEnd | null | 'drop'> {
    const { failure, status } = end;
    const blocked = needsUser(failure.error);
    if (blocked !== null) return blocked;
    const { retryAfterMs = 0 } = failure.error;
    if (status === 429) {
      // The limiter pauses all runs and sends probes, so this run does not wait in addition.
      if (retryAfterMs > 0) this.#dependencies.limiter.pause(retryAfterMs);
      return null;
    }
    this.#backoff.requireAtLeast(Math.min(retryAfterMs, PROBE_INTERVAL_MS));
    const readFailure = await this.#readRecord();
    if (readFailure !== null) return readFailure;
    if (failure.wireCode === 'invalid_last_event_id' && this.#tracker.cursor !== undefined) {
      this.#tracker = new CursorTracker();
      this.#reportGap(
        'invalid_last_event_id',
        'Cursor did not accept the stored position; the stream is read again from the beginning.',
      );
      this.wake(); // at once: the network works, and this happens only once for each position
      return null;
    }
    if (status === 410) return this.#afterExpiry();
    return 'drop';
  }

  /** Only the record is left. A run that is still running is followed through it. */
  #afterExpiry(): FollowEnd | null {
    if (this.#status.hasResult) return { kind: 'complete' }; // nothing but `done` has expired
    this.#tracker = new CursorTracker();
    if (!this.#hasReportedExpiry) {
      this.#hasReportedExpiry = true;
      this.#reportGap('stream_expired', "Cursor no longer keeps this run's stream.");
    }
    return this.#status.isTerminal ? { kind: 'incomplete' } : null;
  }

  #countEmptyEnding(): FollowEnd | null {
    const { endingTries, endingTriesAfterResult } = this.#dependencies.limits;
    this.#emptyEndings += 1;
    // A stream that announced the end and closed usually has nothing more to send.
    const isNearlyComplete = this.#status.hasResult || this.#status.isSettledByAnnouncement;
    const allowed = isNearlyComplete ? endingTriesAfterResult : endingTries;
    if (this.#emptyEndings < allowed) return null;
    if (this.#status.hasResult) return { kind: 'complete' };
    this.#reportGap(
      'unavailable',
      'The run has ended, but the rest of its stream is not available.',
    );
    return { kind: 'incomplete' };
  }

  async #readRecord(): Promise<FollowEnd | null> {
    const connectionAbort = this.#connectionAbort;
    const blocked = await this.#record.read(connectionAbort.signal);
    if (blocked !== null || connectionAbort.signal.aborted) return blocked;
    if (this.#status.settleAnnounced(this.#dependencies.limits.endingSilenceMs))
      this.#backoff.reset();
    return null;
  }

  #reportGap(reason: Parameters<ConnectionReporter['gap']>[0], detail: string): void {
    this.#reporter.gap(reason, detail, this.#status.status);
  }
}
