import type { EventView } from '../contract/event-views.ts';
import type { Redactor } from '../lib/redact.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';

/** A page of events, with the events before and after it, because a key may span pages. */
export type EventWindow = {
  readonly before: readonly EventView[];
  readonly page: readonly EventView[];
  readonly after: readonly EventView[];
};

/**
 * Redacts the text of agents in the events of `page`. It arrives in chunks of a word or less, so that a key, or a name
 * and its value, may span many events. `counts` contains the number of secrets that start in each event.
 */
export function redactTranscript(
  { before, page, after }: EventWindow,
  redact: Redactor,
): { readonly events: readonly EventView[]; readonly counts: readonly number[] } {
  const texts = new Map<string, { at: number; text: string }[]>();
  for (const [index, event] of [...before, ...page, ...after].entries()) {
    const chunk = chunkOf(event);
    if (chunk === null) continue;
    const chunks = texts.get(chunk.stream) ?? [];
    chunks.push({ at: index - before.length, text: chunk.text });
    texts.set(chunk.stream, chunks);
  }
  const events = [...page];
  const counts = page.map(() => 0);
  for (const chunks of texts.values()) {
    const pieces = chunks.map(({ text }) => text);
    for (const [index, clean] of redact(pieces, { isOneText: true }).entries()) {
      const at = chunks[index]?.at ?? -1;
      const event = events[at];
      if (event === undefined || clean.text === pieces[index]) continue;
      const field = contentField(event);
      events[at] = { ...event, [field]: { ...Object(event[field]), text: clean.text } };
      counts[at] = clean.count;
    }
  }
  return { events, counts };
}

/**
 * The text of an event, and the stream of text that it belongs to. Items of one kind of a turn form one stream. In older
 * journals, frames and their `interaction_update` twins repeat the same text, so they are separate streams.
 */
function chunkOf(event: EventView): { readonly stream: string; readonly text: string } | null {
  if (!isTranscriptEvent(event.type)) return null;
  const content = event[contentField(event)];
  if (typeof content !== 'object' || content === null || !('text' in content)) return null;
  if (typeof content.text !== 'string') return null;
  const kind = 'kind' in content ? content.kind : 'type' in content ? content.type : '';
  return {
    stream: JSON.stringify([event.agentId, event.cursorRunId ?? event.turnId, event.event, kind]),
    text: content.text,
  };
}

const contentField = ({ type }: EventView): 'item' | 'data' =>
  type === 'TranscriptItem' ? 'item' : 'data';
