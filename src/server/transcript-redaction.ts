import type { EventView } from '../contract/event-views.ts';
import type { Redactor } from '../lib/redact.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';

/** Events that follow each other, and those around them, in which a key may have begun or may continue. */
export type EventWindow = {
  readonly before: readonly EventView[];
  readonly page: readonly EventView[];
  readonly after: readonly EventView[];
};

/**
 * The events of `page` without secrets in what agents say. That comes in pieces of a word or less, so that a key, or a
 * name and its value, is spread over many events; how many began in each event is in `counts`.
 */
export function redactTranscript(
  { before, page, after }: EventWindow,
  redact: Redactor,
): { readonly events: readonly EventView[]; readonly counts: readonly number[] } {
  const spoken = new Map<string, { at: number; text: string }[]>();
  for (const [index, event] of [...before, ...page, ...after].entries()) {
    const piece = pieceOf(event);
    if (piece === null) continue;
    const pieces = spoken.get(piece.speech) ?? [];
    pieces.push({ at: index - before.length, text: piece.text });
    spoken.set(piece.speech, pieces);
  }
  const events = [...page];
  const counts = page.map(() => 0);
  for (const pieces of spoken.values()) {
    const texts = pieces.map(({ text }) => text);
    for (const [index, clean] of redact(texts, { isOneText: true }).entries()) {
      const at = pieces[index]?.at ?? -1;
      const event = events[at];
      if (event === undefined || clean.text === texts[index]) continue;
      const field = speechField(event);
      events[at] = { ...event, [field]: { ...Object(event[field]), text: clean.text } };
      counts[at] = clean.count;
    }
  }
  return { events, counts };
}

/**
 * Items of one kind are one speech. The frames of older journals and their `interaction_update` twins are speeches of
 * their own, in which nothing is said twice.
 */
function pieceOf(event: EventView): { readonly speech: string; readonly text: string } | null {
  if (!isTranscriptEvent(event.type)) return null;
  const said = event[speechField(event)];
  if (typeof said !== 'object' || said === null || !('text' in said)) return null;
  if (typeof said.text !== 'string') return null;
  const kind = 'kind' in said ? said.kind : 'type' in said ? said.type : '';
  return {
    speech: JSON.stringify([event.agentId, event.cursorRunId ?? event.turnId, event.event, kind]),
    text: said.text,
  };
}

const speechField = ({ type }: EventView): 'item' | 'data' =>
  type === 'TranscriptItem' ? 'item' : 'data';
