import { createParser } from 'eventsource-parser';
import type { StatusView } from '../../contract/daemon-views.ts';
import type { EventView } from '../../contract/event-views.ts';
import { type Backoff, fullJitter } from '../../lib/backoff.ts';
import type { Sleep } from '../../lib/sleep.ts';
import { startWatchdog } from '../../lib/watchdog.ts';

/**
 * How fresh the screen is. `catching-up` receives what happened while nobody listened; `offline` tries again by
 * itself; `signed-out` does not, because only a person can log in.
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

/** The daemon writes a comment every 15 s; three missed ones mean that nobody is there anymore. */
const silenceLimitMs = 45_000;
const backoff: Backoff = { baseMs: 500, capMs: 10_000 };
/** A daemon that comes back needs a moment. */
const shortestDelayMs = 250;

/**
 * Follows the daemon's events from a position on and never tells one twice: after every break it continues where
 * it was. `retryNow` skips a wait (the network is back, the window is seen again); `stop` ends it.
 */
export function followEvents(ports: EventStreamPorts, startAfter: number) {
  const life = new AbortController();
  let position = startAfter;
  let pause = new AbortController();
  let reading = new AbortController();
  let isResting = false;

  async function readOnce(): Promise<void> {
    const attempt = new AbortController();
    reading = attempt;
    const signal = AbortSignal.any([life.signal, attempt.signal]);
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
    const text = new TextDecoder();
    const reader = response.body.getReader();
    using silence = startWatchdog(silenceLimitMs, () =>
      attempt.abort(new Error('Nothing has arrived from the daemon for 45 s.')),
    );
    for (;;) {
      const chunk = await reader.read();
      silence.heard();
      if (chunk.done) return;
      parser.feed(text.decode(chunk.value, { stream: true }));
      if (batch.length > 0) ports.onEvents(batch);
      batch = [];
    }
  }

  async function follow(): Promise<void> {
    let failures = 0;
    ports.onState('connecting');
    while (!life.signal.aborted) {
      const before = position;
      try {
        await readOnce();
      } catch (error) {
        if (ports.isSignedOut(error)) return ports.onState('signed-out');
      }
      if (life.signal.aborted) return;
      failures = position > before ? 1 : failures + 1;
      ports.onState('offline');
      pause = new AbortController();
      const delay = isResting
        ? Number.MAX_SAFE_INTEGER
        : fullJitter(backoff, failures, ports.random, shortestDelayMs);
      await ports.sleep(delay, AbortSignal.any([life.signal, pause.signal]));
    }
  }

  void follow();
  return {
    position: () => position,
    /** Lets go of the connection until `retryNow`; what happens meanwhile is read then. */
    rest: () => {
      isResting = true;
      reading.abort();
    },
    retryNow: () => {
      isResting = false;
      pause.abort();
    },
    stop: () => life.abort(),
  };
}
