import type { EventView } from '../../contract/event-views.ts';
import type { EventPage } from '../../contract/responses.ts';
import { api } from './api.ts';
import { onEvents } from './live-updates.ts';

/** How many events the first page of a transcript has: few, so that its end is shown soon. */
export const initialPageSize = 600;

/** The newest page of a transcript, and the events received since it was requested. */
export type PrefetchedTranscript = {
  readonly page: Promise<EventPage>;
  readonly received: readonly EventView[];
};

type ActivePrefetch = PrefetchedTranscript & {
  readonly sessionId: string;
  readonly agentId: string;
  readonly stopListening: () => void;
};

/**
 * Prefetches the end of a transcript while the code of its screen or the session is still loading. Holds one transcript
 * and collects live events from the moment the page is requested, so that none are missed in between.
 */
export class TranscriptPrefetch {
  private active: ActivePrefetch | null = null;
  private readonly readEvents: typeof api.events;
  private readonly listen: typeof onEvents;

  constructor(readEvents: typeof api.events = api.events, listen: typeof onEvents = onEvents) {
    this.readEvents = readEvents;
    this.listen = listen;
  }

  read(sessionId: string, agentId: string): void {
    if (this.active?.sessionId === sessionId && this.active.agentId === agentId) return;
    this.drop();
    const received: EventView[] = [];
    const stopListening = this.listen((events) => {
      for (const event of events)
        if (event.sessionId === sessionId && event.agentId === agentId) received.push(event);
    });
    const query = { agent: agentId, newestFirst: true, limit: initialPageSize };
    const page = this.readEvents(sessionId, query);
    // The consumer of the page handles its failure; without a consumer it does not matter.
    page.catch((error: unknown) => console.info('A transcript was not read ahead.', error));
    this.active = { sessionId, agentId, page, received, stopListening };
  }

  /** Returns the prefetched transcript, if it is this one, and stops collecting events for it. */
  take(sessionId: string, agentId: string): PrefetchedTranscript | null {
    const { active } = this;
    if (active?.sessionId !== sessionId || active.agentId !== agentId) return null;
    this.drop();
    return active;
  }

  drop(): void {
    this.active?.stopListening();
    this.active = null;
  }
}

export const transcriptPrefetch = new TranscriptPrefetch();
