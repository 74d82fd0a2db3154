import type { StoredEvent } from '../../journal/types.ts';
import { isCursorRun } from '../../session/ids.ts';
import { envelopeOf, eventView } from './event-view.ts';

/**
 * An event as the event stream sends it, on one line. What an item says is passed on as the text that is stored:
 * items are nearly all of what is sent, and writing their data again would cost more than everything else.
 */
export function eventText(stored: StoredEvent): string {
  const { event, dataText } = stored;
  if (event.type !== 'TranscriptItem' || dataText === undefined) {
    return JSON.stringify(eventView(stored));
  }
  const { attempt, turnId, itemId, item } = event;
  const head = JSON.stringify({
    ...envelopeOf(stored),
    attempt,
    ...(isCursorRun(turnId) ? { cursorRunId: turnId } : { turnId }),
    ...(itemId === undefined ? {} : { itemId }),
  });
  return `${head.slice(0, -1)},"item":${itemText(item, dataText)}}`;
}

/** The stored text with the kind before it, where that text is an object; otherwise the item as it is read. */
function itemText(item: { readonly kind: string }, dataText: string): string {
  const [, inside] = /^\s*\{([\s\S]*)$/.exec(dataText) ?? [];
  // What is not JSON, or too deep to be passed on as a value, reads as a text; a kind of its own would stand twice.
  if (inside === undefined || typeof Object(item).data === 'string' || /"kind"\s*:/.test(dataText))
    return JSON.stringify(item);
  const rest = onOneLine(inside);
  return `{"kind":${JSON.stringify(item.kind)}${rest.trimStart().startsWith('}') ? '' : ','}${rest}`;
}

/** A line break in JSON can only stand between its parts; in a message it would end the line. */
const onOneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ');
