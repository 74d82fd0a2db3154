import type { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../../contract/errors.ts';
import type { EventView } from '../../contract/event-views.ts';
import { sleep } from '../../lib/sleep.ts';
import { isTranscriptEvent } from '../../transcript/event-item.ts';
import { api } from './api.ts';
import { setConnectionState } from './connection.ts';
import { followEvents } from './event-stream.ts';
import { queryKeys } from './queries.ts';

type Listener = (events: readonly EventView[]) => void;

const listeners = new Set<Listener>();

/** Subscribes to all events from now on, in order. Returns the function that unsubscribes. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Views are refetched at most this often, however many events arrive. */
const refreshIntervalMs = 300;

/** Transcript events change no view. */
const affectsViews = (event: EventView) => !isTranscriptEvent(event.type);

function createViewRefresher(client: QueryClient) {
  const dirty = new Set<string>();
  let isScheduled = false;
  const flush = () => {
    isScheduled = false;
    for (const id of dirty) void client.invalidateQueries({ queryKey: queryKeys.session(id) });
    dirty.clear();
    void client.invalidateQueries({ queryKey: queryKeys.sessions });
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  return (events: readonly EventView[]) => {
    for (const event of events) if (affectsViews(event)) dirty.add(event.sessionId);
    if (dirty.size === 0 || isScheduled) return;
    isScheduled = true;
    setTimeout(flush, refreshIntervalMs);
  };
}

/** Keeps the screen up to date with the daemon for the lifetime of the page. */
export function startLiveUpdates(client: QueryClient, startAfter: number): void {
  const refresh = createViewRefresher(client);
  const stream = followEvents(
    {
      open: api.openEvents,
      isSignedOut: (error) => error instanceof ApiError && error.status === 401,
      sleep,
      random: Math.random,
      onEvents: (events) => {
        refresh(events);
        for (const listener of listeners) listener(events);
      },
      onStatus: (status) => client.setQueryData(queryKeys.status, status),
      onState: (state) => {
        setConnectionState(state);
        // Settings, license and migrations may have changed across a restart of the daemon without an event.
        if (state === 'live') void client.invalidateQueries();
      },
    },
    startAfter,
  );
  addEventListener('online', stream.retryNow);
  suspendWhileHidden(stream);
}

const suspendAfterMs = 60_000;

/**
 * Browsers allow six connections per origin, so a seventh window would get none. Of the hidden windows only one stays
 * connected, for the notifications; the others catch up when they become visible.
 */
function suspendWhileHidden(stream: ReturnType<typeof followEvents>): void {
  let isBackgroundListener = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  void navigator.locks.request('cerevisor.background-listener', () => {
    isBackgroundListener = true;
    stream.retryNow();
    // Never released: when the window closes, the lock passes to the next one.
    return new Promise<never>(() => {});
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') stream.retryNow();
    else if (!isBackgroundListener)
      timer = setTimeout(() => isBackgroundListener || stream.suspend(), suspendAfterMs);
  });
}
