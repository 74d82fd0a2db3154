import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';
import type { StatusView } from '../../contract/daemon-views.ts';
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

/**
 * A refetch discards the answers that are still on their way. So the next one waits for them, but not longer than this:
 * otherwise a slow machine would show nothing new until the events end.
 */
const maxAnswerMs = 3_000;

/** Transcript events change no view. */
const affectsViews = (event: EventView) => !isTranscriptEvent(event.type);

const isFirstLoad = ({ state }: Query): boolean =>
  state.data === undefined && state.fetchStatus === 'fetching';

/** A view that is still loading for the first time is not asked for again meanwhile, so it is asked for afterwards. */
async function refetch(client: QueryClient, queryKey: QueryKey): Promise<void> {
  const loading = client.getQueryCache().findAll({ queryKey, predicate: isFirstLoad });
  await client.invalidateQueries({ queryKey });
  await Promise.all(
    loading.map((query) => client.invalidateQueries({ queryKey: query.queryKey, exact: true })),
  );
}

export function createViewRefresher(client: QueryClient) {
  const dirty = new Set<string>();
  let isRefreshing = false;
  const refresh = async () => {
    await sleep(refreshIntervalMs);
    const views = [...[...dirty].map(queryKeys.session), queryKeys.sessions, queryKeys.status];
    dirty.clear();
    const answers = views.map((queryKey) => refetch(client, queryKey));
    await Promise.race([Promise.all(answers), sleep(maxAnswerMs)]);
  };
  const refreshWhileDirty = async () => {
    isRefreshing = true;
    while (dirty.size > 0) await refresh();
    isRefreshing = false;
  };
  return (events: readonly EventView[]) => {
    for (const event of events) if (affectsViews(event)) dirty.add(event.sessionId);
    if (dirty.size > 0 && !isRefreshing) void refreshWhileDirty();
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
      onStatus: (status) => void showStatus(client, status),
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

/** An answer that is still on its way was given before this status, and must not replace it. */
export async function showStatus(client: QueryClient, status: StatusView): Promise<void> {
  await client.cancelQueries({ queryKey: queryKeys.status });
  const before = client.getQueryData<StatusView>(queryKeys.status)?.journal.trouble?.code;
  client.setQueryData(queryKeys.status, status);
  // While the journal cannot be written, there are no events that refresh the sessions.
  if (before !== status.journal.trouble?.code)
    await client.invalidateQueries({ queryKey: queryKeys.everySession });
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
