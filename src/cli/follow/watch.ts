import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { EventView } from '../../contract/event-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { isTranscriptEvent } from '../../transcript/event-item.ts';
import { isSettledSession } from '../render/words.ts';

export type Watcher = {
  onView?(view: SessionDetail): void;
  /** Each event once, in the order of `seq`. */
  onEvent?(event: EventView): void;
  /** The daemon went away, or (null) is back. Milliseconds since the epoch. */
  onAway?(since: number | null): void;
};

export type WatchOptions = {
  readonly client: Client;
  readonly sessionId: string;
  /** Events after this `seq` are told. */
  readonly after: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Stops the watching earlier than the end of the session. */
  readonly isEnough?: (view: SessionDetail) => boolean;
};

/** Artifacts are fetched after a session has ended; that long their arrival is waited for. */
const ARTIFACT_GRACE_MS = 20_000;

/**
 * Watches a session until it has ended and everything known then has been printed, or until the signal fires. If the
 * daemon goes away, it waits and then continues from the same event. Returns the last state.
 * @throws ApiError when the daemon refuses for good.
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
  readonly #ending = new AbortController();
  #view: SessionDetail | null = null;
  #seq: number;
  #refresh: Promise<void> | null = null;
  #isStale = false;
  #grace: NodeJS.Timeout | null = null;
  #bug: unknown = null;
  #isAway = false;

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
      signal: AbortSignal.any([signal, this.#ending.signal]),
      onEvent: (event) => this.#tell(event),
      // What happened while the connection was open is in the events; what changed in between is in the state.
      onReady: () => this.#refreshSoon(),
      onConnection: (connection) => {
        if (connection.state === 'reconnecting') this.#setAway(true);
        if (connection.state === 'live') this.#setAway(false);
      },
    });
    await this.#refresh;
    if (this.#grace !== null) clearTimeout(this.#grace);
    if (this.#bug !== null) throw this.#bug;
    return this.#view ?? view;
  }

  #tell(event: EventView): void {
    this.#seq = event.seq;
    this.#watcher.onEvent?.(event);
    if (!isTranscriptEvent(event.type)) this.#refreshSoon();
    else this.#endWhenOver();
  }

  #setAway(isAway: boolean): void {
    if (isAway === this.#isAway) return;
    this.#isAway = isAway;
    this.#watcher.onAway?.(isAway ? this.#options.now() : null);
  }

  /** Many events in a row need one reading afterward, never one each. */
  #refreshSoon(): void {
    this.#isStale = true;
    this.#refresh ??= this.#readWhileStale().finally(() => {
      this.#refresh = null;
    });
  }

  async #readWhileStale(): Promise<void> {
    const { client, sessionId, signal } = this.#options;
    while (this.#isStale && !signal.aborted && !this.#ending.signal.aborted) {
      this.#isStale = false;
      try {
        this.#show(await client.session(sessionId));
      } catch (error) {
        // The stream notices the same loss, comes back, and asks for the state again.
        if (error instanceof ApiError && error.status === 0) return;
        this.#bug = error;
        this.#ending.abort();
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
    if (this.#options.isEnough?.(view) === true) this.#ending.abort();
    if (!isSettledSession(view.status)) return;
    const isFetching = view.agents.some(
      (agent) => agent.status === 'completed' && agent.artifactsState === 'pending',
    );
    if (!isFetching) this.#ending.abort();
    else this.#grace ??= setTimeout(() => this.#ending.abort(), ARTIFACT_GRACE_MS).unref();
  }
}
