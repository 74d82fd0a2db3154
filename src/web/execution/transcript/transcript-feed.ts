import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import type { EventView } from '../../../contract/event-views.ts';
import type { EventPage } from '../../../contract/responses.ts';
import { api } from '../../kernel/api.ts';
import { onEvents } from '../../kernel/live-updates.ts';
import {
  initialPageSize,
  type PrefetchedTranscript,
  transcriptPrefetch,
} from '../../kernel/transcript-prefetch.ts';
import { Transcript } from './transcript.ts';

const earlierPageSize = 2000;
/** How many events an agent's card needs. */
const tailPageSize = 200;

/** Listeners are notified at most this often, however many events arrive. */
const notifyIntervalMs = 50;

/** A range of `seq`, including `from` and excluding `before`. Null means unbounded. */
export type TranscriptRange = { readonly from: number | null; readonly before: number | null };

const fullRange: TranscriptRange = { from: null, before: null };

export type LoadedTranscript = {
  readonly transcript: Transcript;
  readonly phase: 'loading' | 'complete' | { readonly error: unknown };
  /** Whether there is anything before the loaded part. */
  readonly earlier: 'none' | 'unread' | 'reading' | { readonly error: unknown };
};

export type FeedOptions = {
  readonly sessionId: string;
  readonly agentId: string;
  /** `tail`: only as much of the end as an agent's card shows. */
  readonly extent: 'whole' | 'tail';
  readonly range?: TranscriptRange;
  readonly prefetched?: PrefetchedTranscript | null;
  readonly readEvents?: typeof api.events;
};

/**
 * Loads the transcript of one agent from its end, follows it live, and loads earlier parts on request. Events that
 * arrive while the end is loading are held back, so that none are missed in between.
 */
export class TranscriptFeed {
  private readonly transcript = new Transcript();
  private readonly listeners = new Set<() => void>();
  private readonly pendingEvents: EventView[] = [];
  private snapshot: LoadedTranscript = {
    transcript: this.transcript,
    phase: 'loading',
    earlier: 'none',
  };
  private firstSeq = 0;
  private isThrottled = false;
  private reading: Promise<void> | null = null;
  private isStopped = false;
  private readonly unsubscribe: () => void;
  private readonly sessionId: string;
  private readonly agentId: string;
  private readonly firstPageSize: number;
  private readonly readEvents: typeof api.events;
  private readonly range: TranscriptRange;

  constructor({
    sessionId,
    agentId,
    extent,
    range = fullRange,
    prefetched = null,
    readEvents = api.events,
  }: FeedOptions) {
    this.range = range;
    this.readEvents = readEvents;
    this.sessionId = sessionId;
    this.agentId = agentId;
    this.firstPageSize = extent === 'tail' ? tailPageSize : initialPageSize;
    this.receive(prefetched?.received ?? []);
    this.unsubscribe = onEvents((events) => this.receive(events));
    void (prefetched === null ? this.readEnd() : this.loadEnd(prefetched.page));
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly get = () => this.snapshot;

  stop(): void {
    this.isStopped = true;
    this.unsubscribe();
  }

  /** Loads the end; called again only to retry. */
  readonly readEnd = (): Promise<void> => {
    const { before } = this.range;
    return this.loadEnd(
      this.requestPage({ limit: this.firstPageSize, ...(before === null ? {} : { before }) }),
    );
  };

  private async loadEnd(page: Promise<EventPage>): Promise<void> {
    this.update({ phase: 'loading' });
    try {
      const { events, hasMore } = this.inRange(await page, this.firstPageSize);
      if (this.isStopped) return;
      this.transcript.append([...events, ...this.pendingEvents.splice(0)]);
      this.update({ phase: 'complete', earlier: hasMore ? 'unread' : 'none' });
    } catch (error) {
      this.update({ phase: { error } });
    }
  }

  /** Loads the page before the loaded part. Concurrent calls share one request. */
  readonly readEarlier = (): Promise<void> => {
    if (this.snapshot.earlier === 'none') return Promise.resolve();
    this.reading ??= this.readPart().finally(() => {
      this.reading = null;
    });
    return this.reading;
  };

  /** Loads all earlier pages, until the beginning or a failure. */
  readonly readToBeginning = async (): Promise<void> => {
    do await this.readEarlier();
    while (this.snapshot.earlier === 'unread' && !this.isStopped);
  };

  private async readPart(): Promise<void> {
    this.update({ earlier: 'reading' });
    try {
      const part = await this.requestPage({ before: this.firstSeq, limit: earlierPageSize });
      const { events, hasMore } = this.inRange(part, earlierPageSize);
      if (this.isStopped) return;
      this.transcript.prepend(events);
      this.update({ earlier: hasMore ? 'unread' : 'none' });
    } catch (error) {
      this.update({ earlier: { error } });
    }
  }

  private requestPage(part: { before?: number; limit: number }): Promise<EventPage> {
    return this.readEvents(this.sessionId, { agent: this.agentId, newestFirst: true, ...part });
  }

  private inRange({ items }: EventPage, limit: number) {
    const { from } = this.range;
    const events = items
      .filter(({ seq }) => from === null || seq >= from)
      .toSorted((one, other) => one.seq - other.seq);
    this.firstSeq = events[0]?.seq ?? this.firstSeq;
    // An event before the range means that its beginning has been reached.
    return { events, hasMore: items.length === limit && events.length === items.length };
  }

  private receive(events: readonly EventView[]): void {
    const { from, before } = this.range;
    const own = events.filter(
      ({ sessionId, agentId, seq }) =>
        sessionId === this.sessionId &&
        agentId === this.agentId &&
        (from === null || seq >= from) &&
        (before === null || seq < before),
    );
    if (own.length === 0) return;
    if (this.snapshot.phase !== 'complete') this.pendingEvents.push(...own);
    else {
      this.transcript.append(own);
      this.update({});
    }
  }

  /** Listeners are notified of the first change at once, and of further ones together. */
  private update(change: Partial<LoadedTranscript>): void {
    this.snapshot = { ...this.snapshot, ...change };
    if (!this.isThrottled && this.listeners.size > 0) this.notifyListeners();
  }

  private notifyListeners(): void {
    const notified = this.snapshot;
    this.isThrottled = true;
    for (const listener of this.listeners) listener();
    setTimeout(() => {
      this.isThrottled = false;
      if (this.snapshot !== notified) this.notifyListeners();
    }, notifyIntervalMs);
  }
}

const emptyTranscript: LoadedTranscript = {
  transcript: new Transcript(),
  phase: 'loading',
  earlier: 'none',
};
const subscribeToNothing = () => () => {};
const readNothing = async () => {};

/** The transcript of an agent while it is shown, and functions to load more of it. */
export function useTranscript(
  sessionId: string,
  agentId: string,
  extent: 'whole' | 'tail',
  { from, before }: TranscriptRange = fullRange,
) {
  const [feed, setFeed] = useState<TranscriptFeed | null>(null);
  // In a layout effect, so that prefetched events are in the first frame.
  useLayoutEffect(() => {
    const isEnd = extent === 'whole' && before === null;
    const prefetched = isEnd ? transcriptPrefetch.take(sessionId, agentId) : null;
    const range = { from, before };
    const next = new TranscriptFeed({ sessionId, agentId, extent, range, prefetched });
    setFeed(next);
    return () => next.stop();
  }, [sessionId, agentId, extent, from, before]);
  const loaded = useSyncExternalStore(
    feed?.subscribe ?? subscribeToNothing,
    feed?.get ?? (() => emptyTranscript),
  );
  return {
    ...loaded,
    readEnd: feed?.readEnd ?? readNothing,
    readEarlier: feed?.readEarlier ?? readNothing,
    readToBeginning: feed?.readToBeginning ?? readNothing,
  };
}
