import { useEffect, useState, useSyncExternalStore } from 'react';
import type { EventView } from '../../server/contract/views.ts';
import { api } from '../app/api.ts';
import { onEvents } from '../app/live.ts';
import { Transcript } from './transcript.ts';

const pageSize = 2000;
/** How much of an agent's latest work its card needs. */
const tailSize = 200;

export type LoadedTranscript = {
  readonly transcript: Transcript;
  readonly phase: 'loading' | 'complete' | { readonly error: unknown };
};

/**
 * The transcript of one agent: read from disk, then followed. What arrives while the pages are read waits for
 * them, so that nothing is missing between the two.
 */
class TranscriptFeed {
  private readonly transcript = new Transcript();
  private readonly listeners = new Set<() => void>();
  private readonly waiting: EventView[] = [];
  private snapshot: LoadedTranscript = { transcript: this.transcript, phase: 'loading' };
  private isPlanned = false;
  private isStopped = false;
  private readonly stopListening: () => void;
  private readonly sessionId: string;
  private readonly agentId: string;

  constructor(sessionId: string, agentId: string, extent: 'whole' | 'tail') {
    this.sessionId = sessionId;
    this.agentId = agentId;
    this.stopListening = onEvents((events) => this.hear(events));
    void this.load(extent);
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

  private hear(events: readonly EventView[]): void {
    const own = events.filter(
      ({ sessionId, agentId }) => sessionId === this.sessionId && agentId === this.agentId,
    );
    if (own.length === 0) return;
    if (this.snapshot.phase !== 'complete') this.waiting.push(...own);
    else {
      this.transcript.append(own);
      this.tell('complete');
    }
  }

  private async load(extent: 'whole' | 'tail'): Promise<void> {
    try {
      if (extent === 'tail') await this.loadTail();
      else await this.loadPages();
      if (this.isStopped) return;
      this.transcript.append(this.waiting);
      this.tell('complete');
    } catch (error) {
      this.tell({ error });
    }
  }

  private async loadTail(): Promise<void> {
    const query = { agent: this.agentId, newestFirst: true, limit: tailSize };
    const { items } = await api.events(this.sessionId, query);
    this.transcript.append(items.toSorted((one, other) => one.seq - other.seq));
  }

  private async loadPages(): Promise<void> {
    for (let after = 0; !this.isStopped; ) {
      const query = { agent: this.agentId, after, limit: pageSize };
      const { items } = await api.events(this.sessionId, query);
      this.transcript.append(items);
      after = items.at(-1)?.seq ?? after;
      if (items.length < pageSize) return;
      this.tell('loading');
    }
  }

  /** Listeners hear of any number of changes once a frame. */
  private tell(phase: LoadedTranscript['phase']): void {
    this.snapshot = { transcript: this.transcript, phase };
    if (this.isPlanned) return;
    this.isPlanned = true;
    setTimeout(() => {
      this.isPlanned = false;
      for (const listener of this.listeners) listener();
    }, 50);
  }
}

const nothing: LoadedTranscript = { transcript: new Transcript(), phase: 'loading' };
const noSubscription = () => () => {};

/** The transcript of an agent for as long as somebody looks. */
export function useTranscript(
  sessionId: string,
  agentId: string,
  extent: 'whole' | 'tail',
): LoadedTranscript {
  const [feed, setFeed] = useState<TranscriptFeed | null>(null);
  useEffect(() => {
    const next = new TranscriptFeed(sessionId, agentId, extent);
    setFeed(next);
    return () => next.stop();
  }, [sessionId, agentId, extent]);
  return useSyncExternalStore(feed?.subscribe ?? noSubscription, feed?.get ?? (() => nothing));
}
