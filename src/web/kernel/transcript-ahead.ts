import type { EventView } from '../../contract/event-views.ts';
import type { EventPage } from '../../contract/responses.ts';
import { api } from './api.ts';
import { onEvents } from './live.ts';

/** What is read of a transcript at first, so that its end is on the screen soon. */
export const firstPart = 600;

/** The end of a transcript on its way, and what has happened since it was asked for. */
export type TranscriptEnd = {
  readonly page: Promise<EventPage>;
  readonly heard: readonly EventView[];
};

type Reading = TranscriptEnd & {
  readonly sessionId: string;
  readonly agentId: string;
  readonly stopListening: () => void;
};

/**
 * Reads the end of a transcript while the screen that shows it is not there yet: its code is still being loaded, or
 * it waits for the view of the session. Keeps one transcript, and listens from the moment that it asks for the page, so
 * that nothing is missing between the page and what happens after it.
 */
export class TranscriptAhead {
  private reading: Reading | null = null;
  private readonly readEvents: typeof api.events;
  private readonly listen: typeof onEvents;

  constructor(readEvents: typeof api.events = api.events, listen: typeof onEvents = onEvents) {
    this.readEvents = readEvents;
    this.listen = listen;
  }

  read(sessionId: string, agentId: string): void {
    if (this.reading?.sessionId === sessionId && this.reading.agentId === agentId) return;
    this.drop();
    const heard: EventView[] = [];
    const stopListening = this.listen((events) => {
      for (const event of events)
        if (event.sessionId === sessionId && event.agentId === agentId) heard.push(event);
    });
    const query = { agent: agentId, newestFirst: true, limit: firstPart };
    const page = this.readEvents(sessionId, query);
    // Whoever takes the page is told that it could not be read; when nobody does, nobody misses it.
    page.catch((error: unknown) => console.info('A transcript was not read ahead.', error));
    this.reading = { sessionId, agentId, page, heard, stopListening };
  }

  /** Hands over what has been read of this transcript. From then on the one who took it listens. */
  take(sessionId: string, agentId: string): TranscriptEnd | null {
    const { reading } = this;
    if (reading?.sessionId !== sessionId || reading.agentId !== agentId) return null;
    this.drop();
    return reading;
  }

  drop(): void {
    this.reading?.stopListening();
    this.reading = null;
  }
}

export const transcriptAhead = new TranscriptAhead();
