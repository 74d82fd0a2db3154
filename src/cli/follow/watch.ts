import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isTranscriptEvent } from '../../transcript/event-item.ts';
import { isSettledSession } from '../render/status.ts';

export type Watcher = {
  onView?(view: SessionDetail): void;
  /** Each event once, in the order of `seq`. */
  onEvent?(event: EventView): void;
  /** The daemon stopped responding at this time (milliseconds since the epoch), or responds again (null). */
  onUnreachable?(since: number | null): void;
};

export type WatchOptions = {
  readonly client: Client;
  readonly sessionId: string;
  /** Only events after this `seq` are reported. */
  readonly after: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Stops watching before the end of the session. */
  readonly isDone?: (view: SessionDetail) => boolean;
};

/** Artifacts are fetched after a session has ended; this is how long to wait for them. */
const ARTIFACT_WAIT_MS = 20_000;

/**
 * Watches a session until it has ended and everything known then has been printed, or until the signal fires. If the
 * daemon goes away, it waits and then continues from the same event. Returns the last state.
 * @throws ApiError if the daemon rejects the request
 */
export async function watchSession(
  options: WatchOptions,
  watcher: Watcher,
): Promise<SessionDetail> {
  const watch = new Watch(options, watcher);
  return watch.run();
}

class Watch {
  readonly #options: WatchOptions;
  readonly #watcher: Watcher;
  readonly #stop = new AbortController();
  #view: SessionDetail | null = null;
  #seq: number;
  #refresh: Promise<void> | null = null;
  #isStale = false;
  #artifactTimer: NodeJS.Timeout | null = null;
  #error: unknown = null;
  #isUnreachable = false;

  constructor(options: WatchOptions, watcher: Watcher) {
    this.#options = options;
    this.#watcher = watcher;
    this.#seq = options.after;
  }

  async run(): Promise<SessionDetail> {
    const { client, sessionId, signal } = this.#options;
    const view = await client.session(sessionId);
    this.#show(view);
    await client.follow({
      session: view.id,
      after: this.#options.after,
      signal: AbortSignal.any([signal, this.#stop.signal]),
      onEvent: (event) => this.#handleEvent(event),
      // Changes from before the connection was open are not in the events, so the state is read.
      onReady: () => this.#refreshSoon(),
      onConnection: (connection) => {
        if (connection.state === 'reconnecting') this.#setUnreachable(true);
        if (connection.state === 'live') this.#setUnreachable(false);
      },
    });
    await this.#refresh;
    if (this.#artifactTimer !== null) clearTimeout(this.#artifactTimer);
    if (this.#error !== null) throw this.#error;
    return this.#view ?? view;
  }

  #handleEvent(event: EventView): void {
    this.#seq = event.seq;
    this.#watcher.onEvent?.(event);
    if (!isTranscriptEvent(event.type)) this.#refreshSoon();
    else this.#endWhenOver();
  }

  #setUnreachable(isUnreachable: boolean): void {
    if (isUnreachable === this.#isUnreachable) return;
    this.#isUnreachable = isUnreachable;
    this.#watcher.onUnreachable?.(isUnreachable ? this.#options.now() : null);
  }

  /** Reads the state once after a series of events, not once per event. */
  #refreshSoon(): void {
    this.#isStale = true;
    this.#refresh ??= this.#readWhileStale().finally(() => {
      this.#refresh = null;
    });
  }

  async #readWhileStale(): Promise<void> {
    const { client, sessionId, signal } = this.#options;
    while (this.#isStale && !signal.aborted && !this.#stop.signal.aborted) {
      this.#isStale = false;
      try {
        this.#show(await client.session(sessionId));
      } catch (error) {
        // The event stream notices the same loss, reconnects, and then reads the state again.
        if (error instanceof ApiError && error.status === 0) return;
        this.#error = error;
        this.#stop.abort();
      }
    }
  }

  #show(view: SessionDetail): void {
    this.#view = view;
    this.#watcher.onView?.(view);
    this.#endWhenOver();
  }

  #endWhenOver(): void {
    const view = this.#view;
    if (view === null || this.#seq < view.lastSeq) return;
    if (this.#options.isDone?.(view) === true) this.#stop.abort();
    if (!isSettledSession(view.status)) return;
    const isFetching = view.agents.some(
      (agent) => agent.status === 'completed' && agent.artifactsState === 'pending',
    );
    if (!isFetching) this.#stop.abort();
    else this.#artifactTimer ??= setTimeout(() => this.#stop.abort(), ARTIFACT_WAIT_MS).unref();
  }
}
