import { useLayoutEffect, useState, useSyncExternalStore } from 'react';
import type { EventView } from '../../contract/event-views.ts';
import type { EventPage } from '../../contract/responses.ts';
import { api } from '../kernel/api.ts';
import { onEvents } from '../kernel/live-updates.ts';
import {
  initialPageSize,
  type PrefetchedTranscript,
  transcriptPrefetch,
} from '../kernel/transcript-prefetch.ts';
import { Transcript } from './transcript.ts';

const furtherPart = 2000;
/** How much of an agent's latest work its card needs. */
const cardPart = 200;

/** A transcript is drawn again at most this often, however many events arrive. */
const restMs = 50;

/** Which of an agent's events: those from one `seq` on, and before another one. Null leaves an end open. */
export type TranscriptRange = { readonly from: number | null; readonly before: number | null };

const everything: TranscriptRange = { from: null, before: null };

export type LoadedTranscript = {
  readonly transcript: Transcript;
  readonly phase: 'loading' | 'complete' | { readonly error: unknown };
  /** What happened before the part that is known. */
  readonly earlier: 'none' | 'unread' | 'reading' | { readonly error: unknown };
};

/**
 * The transcript of one agent from its end: what is on disk last, then what happens, and what came before when
 * someone asks for it. What arrives while the end is read waits for it, so that nothing is missing between the two.
 */
export class TranscriptFeed {
  private readonly transcript = new Transcript();
  private readonly listeners = new Set<() => void>();
  private readonly waiting: EventView[] = [];
  private snapshot: LoadedTranscript = {
    transcript: this.transcript,
    phase: 'loading',
    earlier: 'none',
  };
  private firstSeq = 0;
  private isResting = false;
  private reading: Promise<void> | null = null;
  private isStopped = false;
  private readonly stopListening: () => void;
  private readonly sessionId: string;
  private readonly agentId: string;
  private readonly atFirst: number;
  private readonly readEvents: typeof api.events;
  private readonly range: TranscriptRange;

  constructor(
    sessionId: string,
    agentId: string,
    extent: 'whole' | 'tail',
    readEvents: typeof api.events = api.events,
    range: TranscriptRange = everything,
    ahead: PrefetchedTranscript | null = null,
  ) {
    this.range = range;
    this.readEvents = readEvents;
    this.sessionId = sessionId;
    this.agentId = agentId;
    this.atFirst = extent === 'tail' ? cardPart : initialPageSize;
    this.hear(ahead?.received ?? []);
    this.stopListening = onEvents((events) => this.hear(events));
    void (ahead === null ? this.readEnd() : this.takeEnd(ahead.page));
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly get = () => this.snapshot;

  stop(): void {
    this.isStopped = true;
    this.stopListening();
  }

  /** Reads the end, after the first time only when that failed. */
  readonly readEnd = (): Promise<void> => {
    const { before } = this.range;
    return this.takeEnd(this.ask({ limit: this.atFirst, ...(before === null ? {} : { before }) }));
  };

  private async takeEnd(asked: Promise<EventPage>): Promise<void> {
    this.tell({ phase: 'loading' });
    try {
      const { events, hasMore } = this.inRange(await asked, this.atFirst);
      if (this.isStopped) return;
      this.transcript.append([...events, ...this.waiting.splice(0)]);
      this.tell({ phase: 'complete', earlier: hasMore ? 'unread' : 'none' });
    } catch (error) {
      this.tell({ phase: { error } });
    }
  }

  /** Reads the part before the one that is known. Asked for while one is being read, it is that one. */
  readonly readEarlier = (): Promise<void> => {
    if (this.snapshot.earlier === 'none') return Promise.resolve();
    this.reading ??= this.readPart().finally(() => {
      this.reading = null;
    });
    return this.reading;
  };

  /** Reads everything that came before, until it is there or a part cannot be read. */
  readonly readToBeginning = async (): Promise<void> => {
    do await this.readEarlier();
    while (this.snapshot.earlier === 'unread' && !this.isStopped);
  };

  private async readPart(): Promise<void> {
    this.tell({ earlier: 'reading' });
    try {
      const part = await this.ask({ before: this.firstSeq, limit: furtherPart });
      const { events, hasMore } = this.inRange(part, furtherPart);
      if (this.isStopped) return;
      this.transcript.prepend(events);
      this.tell({ earlier: hasMore ? 'unread' : 'none' });
    } catch (error) {
      this.tell({ earlier: { error } });
    }
  }

  private ask(part: { before?: number; limit: number }): Promise<EventPage> {
    return this.readEvents(this.sessionId, { agent: this.agentId, newestFirst: true, ...part });
  }

  private inRange({ items }: EventPage, limit: number) {
    const { from } = this.range;
    const events = items
      .filter(({ seq }) => from === null || seq >= from)
      .toSorted((one, other) => one.seq - other.seq);
    this.firstSeq = events[0]?.seq ?? this.firstSeq;
    // One that is too early means that the beginning of the range has been read.
    return { events, hasMore: items.length === limit && events.length === items.length };
  }

  private hear(events: readonly EventView[]): void {
    const { from, before } = this.range;
    const own = events.filter(
      ({ sessionId, agentId, seq }) =>
        sessionId === this.sessionId &&
        agentId === this.agentId &&
        (from === null || seq >= from) &&
        (before === null || seq < before),
    );
    if (own.length === 0) return;
    if (this.snapshot.phase !== 'complete') this.waiting.push(...own);
    else {
      this.transcript.append(own);
      this.tell({});
    }
  }

  /** Listeners hear of a change at once, and of any number of changes soon after it together. */
  private tell(change: Partial<LoadedTranscript>): void {
    this.snapshot = { ...this.snapshot, ...change };
    if (!this.isResting && this.listeners.size > 0) this.announce();
  }

  private announce(): void {
    const told = this.snapshot;
    this.isResting = true;
    for (const listener of this.listeners) listener();
    setTimeout(() => {
      this.isResting = false;
      if (this.snapshot !== told) this.announce();
    }, restMs);
  }
}

const nothing: LoadedTranscript = {
  transcript: new Transcript(),
  phase: 'loading',
  earlier: 'none',
};
const noSubscription = () => () => {};
const noReading = async () => {};

/** The transcript of an agent for as long as someone looks, and how to read more of it. */
export function useTranscript(
  sessionId: string,
  agentId: string,
  extent: 'whole' | 'tail',
  { from, before }: TranscriptRange = everything,
) {
  const [feed, setFeed] = useState<TranscriptFeed | null>(null);
  // Before the first frame, so that what has been read ahead is in it.
  useLayoutEffect(() => {
    const isEnd = extent === 'whole' && before === null;
    const ahead = isEnd ? transcriptPrefetch.take(sessionId, agentId) : null;
    const range = { from, before };
    const next = new TranscriptFeed(sessionId, agentId, extent, api.events, range, ahead);
    setFeed(next);
    return () => next.stop();
  }, [sessionId, agentId, extent, from, before]);
  const loaded = useSyncExternalStore(
    feed?.subscribe ?? noSubscription,
    feed?.get ?? (() => nothing),
  );
  return {
    ...loaded,
    readEnd: feed?.readEnd ?? noReading,
    readEarlier: feed?.readEarlier ?? noReading,
    readToBeginning: feed?.readToBeginning ?? noReading,
  };
}
