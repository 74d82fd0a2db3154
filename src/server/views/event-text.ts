import type { StoredEvent } from '../../journal/types.ts';
import { envelopeOf, eventView } from './event-view.ts';

/**
 * An event as the event stream sends it, on one line. What a frame says is passed on as the text that is stored:
 * frames are nearly all of what is sent, and writing their data anew would cost more than everything else.
 */
export function eventText(stored: StoredEvent): string {
  const { event, dataText } = stored;
  if (event.type !== 'StreamEvent' || dataText === undefined) {
    return JSON.stringify(eventView(stored));
  }
  const { data } = event;
  // What is not JSON, or too deep to be passed on as a value, reads as a text.
  const words = typeof data === 'string' ? JSON.stringify(data) : onOneLine(dataText);
  const { attempt, cursorRunId, event: name, eventId } = event;
  const head = JSON.stringify({
    ...envelopeOf(stored),
    attempt,
    cursorRunId,
    event: name,
    ...(eventId === undefined ? {} : { eventId }),
  });
  return `${head.slice(0, -1)},"data":${words}}`;
}

/** A line break in JSON can only stand between its parts; in a message it would end the line. */
const onOneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ');
