import { createParser } from 'eventsource-parser';
import type { StatusView } from '../../contract/daemon-views.ts';
import type { EventView } from '../../contract/event-views.ts';
import { type Backoff, fullJitter } from '../../lib/backoff.ts';
import type { Sleep } from '../../lib/sleep.ts';
import { startWatchdog } from '../../lib/watchdog.ts';

/**
 * How current the screen is. `catching-up` replays missed events; `offline` retries automatically; `signed-out` does
 * not, because the user has to log in.
 */
export type ConnectionState = 'connecting' | 'catching-up' | 'live' | 'offline' | 'signed-out';

export type EventStreamPorts = {
  readonly open: (after: number, signal: AbortSignal) => Promise<Response>;
  readonly isSignedOut: (error: unknown) => boolean;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly onEvents: (events: readonly EventView[]) => void;
  readonly onStatus: (status: StatusView) => void;
  readonly onState: (state: ConnectionState) => void;
};

/** The daemon sends a keep-alive comment every 15 s; after three missing ones the connection counts as dead. */
const silenceLimitMs = 45_000;
const backoff: Backoff = { baseMs: 500, capMs: 10_000 };
/** Gives a restarting daemon time to listen again. */
const minDelayMs = 250;

/**
 * Follows the daemon's events from a position on and delivers each one once: after a disconnect it resumes where it
 * was. `retryNow` skips the current backoff; `stop` ends it.
 */
export function followEvents(ports: EventStreamPorts, startAfter: number) {
  const lifetime = new AbortController();
  let position = startAfter;
  let retryDelay = new AbortController();
  let currentRequest = new AbortController();
  let isSuspended = false;

  async function readOnce(): Promise<void> {
    const attempt = new AbortController();
    currentRequest = attempt;
    const signal = AbortSignal.any([lifetime.signal, attempt.signal]);
    const response = await ports.open(position, signal);
    if (response.body === null) throw new Error('The event stream has no content.');
    ports.onState('catching-up');
    let batch: EventView[] = [];
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event === 'ready') return ports.onState('live');
        // The daemon comes from the same build: these are the contract's shapes.
        if (event === 'status') return ports.onStatus(JSON.parse(data) as StatusView);
        const view = JSON.parse(data) as EventView;
        if (view.position <= position) return;
        position = view.position;
        batch.push(view);
      },
    });
    await readText(response.body, attempt, (text) => {
      parser.feed(text);
      if (batch.length > 0) ports.onEvents(batch);
      batch = [];
    });
  }

  async function follow(): Promise<void> {
    let failures = 0;
    ports.onState('connecting');
    while (!lifetime.signal.aborted) {
      const before = position;
      try {
        await readOnce();
      } catch (error) {
        // Any other failure counts as offline: the state shows it, and the loop retries.
        if (ports.isSignedOut(error)) return ports.onState('signed-out');
      }
      if (lifetime.signal.aborted) return;
      failures = position > before ? 1 : failures + 1;
      ports.onState('offline');
      retryDelay = new AbortController();
      const delay = isSuspended
        ? Number.MAX_SAFE_INTEGER
        : fullJitter(backoff, failures, ports.random, minDelayMs);
      await ports.sleep(delay, AbortSignal.any([lifetime.signal, retryDelay.signal]));
    }
  }

  void follow();
  return {
    position: () => position,
    /** Closes the connection until `retryNow`, which then reads what was missed. */
    suspend: () => {
      isSuspended = true;
      currentRequest.abort();
    },
    retryNow: () => {
      isSuspended = false;
      retryDelay.abort();
    },
    stop: () => lifetime.abort(),
  };
}

/** Reads a body to its end, and aborts the request when nothing arrives for too long. */
async function readText(
  body: ReadableStream<Uint8Array>,
  request: AbortController,
  onText: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  using watchdog = startWatchdog(silenceLimitMs, () =>
    request.abort(new Error('Nothing has arrived from the daemon for 45 s.')),
  );
  for (;;) {
    const chunk = await reader.read();
    watchdog.reset();
    if (chunk.done) return;
    onText(decoder.decode(chunk.value, { stream: true }));
  }
}
