import type { StoredEvent } from '../../journal/types.ts';
import { isCursorRun } from '../../session/ids.ts';
import { envelopeOf, eventView } from './event-view.ts';

/**
 * An event as one line of JSON for the event stream. The stored JSON of transcript items is copied as text, because items
 * are most of the traffic, and serializing them again would cost more than everything else.
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

/** The stored JSON object with the kind added at its start; any other data is serialized from the parsed item. */
function itemText(item: { readonly kind: string }, dataText: string): string {
  const [, inside] = /^\s*\{([\s\S]*)$/.exec(dataText) ?? [];
  // Invalid or too deeply nested JSON is parsed as text. An object with its own `kind` must not get a second one.
  if (inside === undefined || typeof Object(item).data === 'string' || /"kind"\s*:/.test(dataText))
    return JSON.stringify(item);
  const rest = onOneLine(inside);
  return `{"kind":${JSON.stringify(item.kind)}${rest.trimStart().startsWith('}') ? '' : ','}${rest}`;
}

/** Line breaks in JSON are only whitespace, but would end the line of a message. */
const onOneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ');
