import { fullJitter } from '../../../lib/backoff.ts';
import type { Sleep } from '../../../lib/sleep.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../../turn-reading.ts';
import { PROBE_EVERY_MS } from '../pauses.ts';
import { type Reads, streamPath } from '../reads.ts';
import { MISSING_KEY } from '../rest.ts';
import type { Clock } from '../time.ts';
import type { Transport } from '../transport.ts';
import { Announcer } from './announcer.ts';
import { type Findings, takeFrames } from './connection.ts';
import { type EndingWatch, watchEnding } from './ending-watch.ts';
import { enterLimiter } from './entrance.ts';
import type { Frame } from './frame.ts';
import { FrameItems } from './items.ts';
import type { Limiter } from './limiter.ts';
import type { FollowLimits } from './limits.ts';
import { PairTracker } from './pairs.ts';
import { type ConnectionEnd, type ConnectionEvents, readConnection, reasonOf } from './reader.ts';
import { needsPerson, RecordCheck } from './record-check.ts';
import { RunStatusTracker } from './run-status-tracker.ts';

export type FollowDependencies = {
  readonly backendUrl: string;
  readonly apiKey: () => string | null;
  readonly transport: Transport;
  readonly reads: Reads;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly sleep: Sleep;
  readonly limits: FollowLimits;
};

type Visit = Findings & { readonly end: ConnectionEnd; readonly livedMs: number };

/**
 * Follows one run's stream until `done`, through any number of reconnects. Silence, a clean end of the body,
 * and a settled record never end the reading; only `done` does, or the certainty that the rest cannot be had.
 */
export class RunReading {
  readonly #with: FollowDependencies;
  readonly #request: FollowRequest;
  readonly #observer: FollowObserver;
  readonly #status: RunStatusTracker;
  readonly #announcer: Announcer;
  readonly #record: RecordCheck;
  #tracker: PairTracker;
  readonly #items = new FrameItems();
  /** Ends the current connection or wait; replaced by a new one for the next round. */
  #round = new AbortController();
  #backoff = new AbortController();
  #failures = 0;
  #floorMs = 0;
  #emptyEndings = 0;
  #hasReportedExpiry = false;
  #bug: { readonly thrown: unknown } | undefined;

  constructor(dependencies: FollowDependencies, request: FollowRequest, observer: FollowObserver) {
    this.#with = dependencies;
    this.#request = request;
    this.#observer = observer;
    this.#status = new RunStatusTracker(request, observer);
    const { clock, limits, reads } = dependencies;
    this.#announcer = new Announcer(observer, clock, limits.heartbeatEveryMs);
    this.#record = new RecordCheck(request, reads, this.#status, this.#announcer);
    this.#tracker = new PairTracker(request.cursor);
  }

  /** Drops the connection or the wait of this moment and connects at once. */
  wake(): void {
    this.#failures = 0;
    this.#floorMs = 0;
    this.#round.abort();
  }

  /** Ends the wait before the next try, and leaves an open connection alone. */
  endBackoff(): void {
    this.#backoff.abort();
  }

  async run(): Promise<FollowEnd> {
    const stop = () => this.#round.abort();
    this.#request.signal.addEventListener('abort', stop, { once: true });
    try {
      while (!this.#request.signal.aborted) {
        if (this.#round.signal.aborted) this.#round = new AbortController();
        const end = await this.#visitOnce();
        if (end !== null) return end;
      }
      return { kind: 'aborted' };
    } finally {
      this.#request.signal.removeEventListener('abort', stop);
    }
  }

  /** One connection and what follows from it; null = continue. */
  async #visitOnce(): Promise<FollowEnd | null> {
    const key = this.#with.apiKey();
    if (key === null) return { kind: 'blocked', error: MISSING_KEY.error };
    const wasTerminal = this.#status.isTerminal;
    const entrance = await this.#enter();
    if (entrance !== 'entered') return entrance;
    const visit = await this.#connect(key);
    if (this.#bug !== undefined) throw this.#bug.thrown;
    if (visit.end.kind === 'aborted') return null;
    if (visit.hasNews) this.#emptyEndings = 0;
    if (visit.hasNews || visit.livedMs >= this.#with.limits.lifeThatCountsMs) this.#failures = 0;
    if (visit.end.kind === 'done') {
      const isWhole = this.#status.hasResult || (wasTerminal && visit.trouble === undefined);
      if (isWhole) return { kind: 'complete' };
    }
    this.#announcer.connection('reconnecting', visit.trouble ?? reasonOf(visit.end));
    const verdict = await this.#afterDrop(visit);
    if (verdict !== null || this.#round.signal.aborted) return verdict;
    const { random, limits, sleep } = this.#with;
    this.#failures += 1;
    const waitMs = fullJitter(limits.backoff, this.#failures, random, this.#floorMs);
    this.#floorMs = 0;
    this.#backoff = new AbortController();
    await sleep(waitMs, AbortSignal.any([this.#round.signal, this.#backoff.signal]));
    return null;
  }

  /** Waits for a turn at the limiter. Where Cursor asked for a pause, the record is read meanwhile. Null = aborted. */
  #enter(): Promise<FollowEnd | 'entered' | null> {
    const { limiter, limits, sleep } = this.#with;
    const { isUrgent } = this.#request;
    const duringPause = (reason: string) => {
      this.#announcer.paused(reason);
      return this.#readRecord();
    };
    const pauseStepMs = limits.recordWhilePausedMs;
    return enterLimiter({ limiter, sleep, isUrgent, duringPause, pauseStepMs }, this.#round.signal);
  }

  async #connect(apiKey: string): Promise<Visit> {
    const { limiter, transport, clock, limits, backendUrl } = this.#with;
    const { threadId, turnId } = this.#request;
    const round = this.#round;
    let isOpening = true;
    const leaveLimiter = () => {
      if (isOpening) limiter.release();
      isOpening = false;
    };
    const visit: Findings = { hasNews: false, hasContent: false, trouble: undefined };
    const lastEventId = this.#tracker.cursor;
    this.#items.beginConnection(lastEventId);
    this.#status.expectReplay(lastEventId);
    const ending = watchEnding(
      () => this.#status.isTerminal || this.#status.isEndAnnounced,
      limits.endingSilenceMs,
      () => round.abort(),
    );
    const startedAt = performance.now();
    const end = await readConnection(
      {
        url: `${backendUrl}${streamPath(threadId, turnId)}`,
        apiKey,
        dispatcher: transport.streams(),
        clock,
        lastEventId,
        signal: round.signal,
        watchdog: limits.watchdog,
        maxFrameCharacters: limits.maxFrameCharacters,
      },
      this.#eventsOf(visit, round, ending, leaveLimiter),
    );
    ending.stop();
    leaveLimiter();
    if (ending.hasFired() && end.kind === 'aborted' && !this.#request.signal.aborted) {
      this.#round = new AbortController();
      const reason = 'the run has ended, but the stream stays open without "done"';
      return { ...visit, end: { kind: 'dropped', reason }, livedMs: 0 };
    }
    return { ...visit, end, livedMs: performance.now() - startedAt };
  }

  /** What the frames of a connection mean for this reading; what they brought is noted in `visit`. */
  #eventsOf(
    visit: Findings,
    round: AbortController,
    ending: EndingWatch,
    leaveLimiter: () => void,
  ): ConnectionEvents {
    return {
      onOpen: () => {
        leaveLimiter();
        this.#with.limiter.endPause();
        this.#guard(round, () => this.#announcer.connection('live'));
        ending.refresh(false);
      },
      onBytes: () => this.#guard(round, () => this.#announcer.sign()),
      onFrames: (frames) =>
        this.#guard(round, () => {
          const found = this.#take(frames);
          visit.hasNews ||= found.hasNews;
          visit.trouble = found.trouble ?? visit.trouble;
          ending.refresh(found.hasContent || (this.#status.isTerminal && found.hasNews));
        }),
      onOversized: () =>
        this.#guard(round, () =>
          this.#tellGap('unreadable', 'A frame was too large and was left out.'),
        ),
    };
  }

  #take(frames: readonly Frame[]): Findings {
    return takeFrames(frames, this.#tracker, this.#items, this.#status, this.#observer);
  }

  async #afterDrop(visit: Visit): Promise<FollowEnd | null> {
    const { end } = visit;
    if (end.kind === 'refused') {
      const verdict = await this.#afterRefusal(end);
      if (verdict !== 'drop') return verdict;
    } else if (!visit.hasNews || visit.trouble !== undefined || this.#status.isEndAnnounced) {
      const blocked = await this.#readRecord();
      if (blocked !== null) return blocked;
    }
    if (!this.#status.isTerminal || visit.hasNews || end.kind === 'unreachable') return null;
    return this.#countEmptyEnding();
  }

  async #afterRefusal(
    end: Extract<ConnectionEnd, { kind: 'refused' }>,
  ): Promise<FollowEnd | null | 'drop'> {
    const { failure, status } = end;
    const blocked = needsPerson(failure.error);
    if (blocked !== null) return blocked;
    const { retryAfterMs = 0 } = failure.error;
    if (status === 429) {
      // The limiter holds everybody back, and lets a probe through: no run has a wait of its own next to that.
      if (retryAfterMs > 0) this.#with.limiter.pause(retryAfterMs);
      return null;
    }
    this.#floorMs = Math.min(retryAfterMs, PROBE_EVERY_MS);
    const readFailure = await this.#readRecord();
    if (readFailure !== null) return readFailure;
    if (failure.wireCode === 'invalid_last_event_id' && this.#tracker.cursor !== undefined) {
      this.#tracker = new PairTracker();
      this.#tellGap(
        'invalid_last_event_id',
        'Cursor did not accept the stored position; the stream is read again from the beginning.',
      );
      this.wake(); // at once: this is no trouble of the network, and it happens once per position
      return null;
    }
    if (status === 410) return this.#afterExpiry();
    return 'drop';
  }

  /** The record is everything that is left. A run that still continues is watched through it. */
  #afterExpiry(): FollowEnd | null {
    if (this.#status.hasResult) return { kind: 'complete' }; // nothing but `done` has expired
    this.#tracker = new PairTracker();
    if (!this.#hasReportedExpiry) {
      this.#hasReportedExpiry = true;
      this.#tellGap('stream_expired', "Cursor no longer keeps this run's stream.");
    }
    return this.#status.isTerminal ? { kind: 'incomplete' } : null;
  }

  #countEmptyEnding(): FollowEnd | null {
    const { endingTries, endingTriesAfterResult } = this.#with.limits;
    this.#emptyEndings += 1;
    // A stream that announced the end and went away mostly has nothing more to say.
    const isNearlyWhole = this.#status.hasResult || this.#status.isSettledByAnnouncement;
    const allowed = isNearlyWhole ? endingTriesAfterResult : endingTries;
    if (this.#emptyEndings < allowed) return null;
    if (this.#status.hasResult) return { kind: 'complete' };
    this.#tellGap('unavailable', 'The run has ended, but the rest of its stream is not available.');
    return { kind: 'incomplete' };
  }

  async #readRecord(): Promise<FollowEnd | null> {
    const round = this.#round;
    const blocked = await this.#record.read(round.signal);
    if (blocked !== null || round.signal.aborted) return blocked;
    if (this.#status.settleAnnounced(this.#with.limits.endingSilenceMs)) this.#failures = 0;
    return null;
  }

  #tellGap(reason: Parameters<Announcer['gap']>[0], detail: string): void {
    this.#announcer.gap(reason, detail, this.#status.status);
  }

  /** An observer that throws is a bug of ours; it must not pass for a broken connection and be repeated. */
  #guard(round: AbortController, tell: () => void): void {
    try {
      tell();
    } catch (thrown) {
      this.#bug = { thrown };
      round.abort();
    }
  }
}
