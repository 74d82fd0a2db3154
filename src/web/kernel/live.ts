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

/** Hears every event after the one it subscribed at, in order. */
export function onEvents(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Views are asked for at most this often, however many events arrive. */
const refreshIntervalMs = 300;

/** What agents say and do changes no view; it is only heard by transcripts. */
const changesViews = (event: EventView) => !isTranscriptEvent(event.type);

function refresher(client: QueryClient) {
  const dirty = new Set<string>();
  let isPlanned = false;
  const flush = () => {
    isPlanned = false;
    for (const id of dirty) void client.invalidateQueries({ queryKey: queryKeys.session(id) });
    dirty.clear();
    void client.invalidateQueries({ queryKey: queryKeys.sessions });
    void client.invalidateQueries({ queryKey: queryKeys.status });
  };
  return (events: readonly EventView[]) => {
    for (const event of events) if (changesViews(event)) dirty.add(event.sessionId);
    if (dirty.size === 0 || isPlanned) return;
    isPlanned = true;
    setTimeout(flush, refreshIntervalMs);
  };
}

/** Keeps the screen up to date with the daemon for as long as the page lives. */
export function goLive(client: QueryClient, startAfter: number): void {
  const refresh = refresher(client);
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
        // A restarted daemon may know more than its events say (settings, license, what was migrated).
        if (state === 'live') void client.invalidateQueries();
      },
    },
    startAfter,
  );
  addEventListener('online', stream.retryNow);
  restWhileHidden(stream);
}

const restAfterMs = 60_000;

/**
 * A browser grants one site six connections, so a seventh window would get none. Of the windows that nobody sees
 * only one continues listening, for the notifications; the others catch up when they are seen again.
 */
function restWhileHidden(stream: ReturnType<typeof followEvents>): void {
  let isKeeper = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  void navigator.locks.request('cerevisor.keeper', () => {
    isKeeper = true;
    stream.retryNow();
    // Held for as long as the window lives; then the next window gets it.
    return new Promise<never>(() => {});
  });
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') stream.retryNow();
    else if (!isKeeper) timer = setTimeout(() => isKeeper || stream.rest(), restAfterMs);
  });
}
