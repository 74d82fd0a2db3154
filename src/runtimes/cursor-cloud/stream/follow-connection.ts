import type { FollowObserver, FollowRequest } from '../../follow-types.ts';
import { streamPath } from '../reads.ts';
import type { Clock } from '../time.ts';
import type { Transport } from '../transport.ts';
import type { ConnectionReporter } from './connection-reporter.ts';
import type { CursorTracker } from './cursor-tracker.ts';
import { type EndingWatchdog, startEndingWatchdog } from './ending-watchdog.ts';
import type { FrameItems } from './items.ts';
import type { Limiter } from './limiter.ts';
import type { FollowLimits } from './limits.ts';
import { type FrameSummary, processFrames } from './process-frames.ts';
import { type ConnectionEnd, type ConnectionEvents, readConnection } from './reader.ts';
import type { RunStatusTracker } from './run-status-tracker.ts';

export type ConnectionDependencies = {
  readonly backendUrl: string;
  readonly transport: Transport;
  /** The caller holds a slot of it, which is released once the stream is open or has failed to open. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly limits: FollowLimits;
};

/** What is known of a run's stream. Outlives a connection. */
export type StreamState = {
  readonly tracker: CursorTracker;
  readonly items: FrameItems;
  readonly status: RunStatusTracker;
  readonly reporter: ConnectionReporter;
  readonly observer: FollowObserver;
};

export type ConnectionOutcome = FrameSummary & {
  readonly end: ConnectionEnd;
  readonly lastedMs: number;
};

/**
 * Makes one connection to the stream of a run, and passes on what it brings until it ends or `signal` aborts it.
 * @throws an error of the observer: it is a bug, not a broken connection.
 */
export async function followConnection(
  dependencies: ConnectionDependencies,
  { threadId, turnId }: Pick<FollowRequest, 'threadId' | 'turnId'>,
  { state, apiKey, signal }: { state: StreamState; apiKey: string; signal: AbortSignal },
): Promise<ConnectionOutcome> {
  const { limiter, transport, clock, limits, backendUrl } = dependencies;
  const { items, status, tracker } = state;
  const abort = new AbortController();
  const lastEventId = tracker.cursor;
  items.beginConnection(lastEventId);
  status.beginReplay(lastEventId);
  const ending = startEndingWatchdog(
    () => status.isTerminal || status.isEndAnnounced,
    limits.endingSilenceMs,
    () => abort.abort(),
  );
  const events = new FollowedConnection(state, limiter, ending, abort);
  const startedAt = performance.now();
  const end = await readConnection(
    {
      url: `${backendUrl}${streamPath(threadId, turnId)}`,
      apiKey,
      dispatcher: transport.streams(),
      clock,
      lastEventId,
      signal: AbortSignal.any([signal, abort.signal]),
      watchdog: limits.watchdog,
      maxFrameCharacters: limits.maxFrameCharacters,
    },
    events,
  );
  ending.stop();
  events.releaseSlot();
  if (events.observerError !== undefined) throw events.observerError.thrown;
  const { summary } = events;
  if (ending.hasFired() && end.kind === 'aborted' && !signal.aborted) {
    const reason = 'the run has ended, but the stream stays open without "done"';
    return { ...summary, end: { kind: 'dropped', reason }, lastedMs: 0 };
  }
  return { ...summary, end, lastedMs: performance.now() - startedAt };
}

class FollowedConnection implements ConnectionEvents {
  readonly summary: FrameSummary = { hasProgress: false, hasContent: false, problem: undefined };
  observerError: { readonly thrown: unknown } | undefined;
  readonly #state: StreamState;
  readonly #limiter: Limiter;
  readonly #ending: EndingWatchdog;
  readonly #abort: AbortController;
  #holdsSlot = true;

  constructor(
    state: StreamState,
    limiter: Limiter,
    ending: EndingWatchdog,
    abort: AbortController,
  ) {
    this.#state = state;
    this.#limiter = limiter;
    this.#ending = ending;
    this.#abort = abort;
  }

  releaseSlot(): void {
    if (this.#holdsSlot) this.#limiter.release();
    this.#holdsSlot = false;
  }

  onOpen(): void {
    this.releaseSlot();
    this.#limiter.endPause();
    this.#callObserver(() => this.#state.reporter.connection('live'));
    this.#ending.refresh(false);
  }

  onBytes(): void {
    this.#callObserver(() => this.#state.reporter.heartbeat());
  }

  onFrames(frames: Parameters<ConnectionEvents['onFrames']>[0]): void {
    const { status, items: converter, tracker, observer } = this.#state;
    this.#callObserver(() => {
      const batch = processFrames(frames, { tracker, converter, status, observer });
      this.summary.hasProgress ||= batch.hasProgress;
      this.summary.problem = batch.problem ?? this.summary.problem;
      this.#ending.refresh(batch.hasContent || (status.isTerminal && batch.hasProgress));
    });
  }

  onOversized(): void {
    const { reporter, status } = this.#state;
    const detail = 'A frame was too large and was left out.';
    this.#callObserver(() => reporter.gap('unreadable', detail, status.status));
  }

  #callObserver(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.observerError ??= { thrown };
      this.#abort.abort();
    }
  }
}
