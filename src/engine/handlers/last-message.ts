import type { Journal } from '../../journal/types.ts';
import type { EffectOf } from '../../session/effects.ts';
import { isTranscript } from '../../session/events.ts';
import type { SessionId } from '../../session/ids.ts';
import { itemOfEvent } from '../../transcript/event-item.ts';

const PAGE = 500;
const SEPARATOR = '\n\n';

/**
 * The last message of a run according to its stream: the text after the last tool call. Used if Cursor does not report
 * a result. Undefined if there was no text.
 */
export function lastMessage(
  journal: Journal,
  sessionId: SessionId,
  { agentId, turnId }: Pick<EffectOf<'follow'>, 'agentId' | 'turnId'>,
): string | undefined {
  // Includes items that were read but not stored yet.
  journal.flush();
  const pieces: string[] = [];
  // The journal is read backwards, so retractions come before the items that they retract.
  const retracted = new Set<string>();
  let before: number | undefined;
  for (;;) {
    const page = journal.sessionEvents(sessionId, {
      limit: PAGE,
      newestFirst: true,
      types: ['TranscriptItem', 'StreamEvent'],
      agentId,
      ...(before === undefined ? {} : { before }),
    });
    for (const { event } of page) {
      if (!isTranscript(event) || event.turnId !== turnId) continue;
      const item = itemOfEvent(event);
      if (item?.kind === 'retracted') for (const id of item.itemIds) retracted.add(id);
      else if (item?.kind === 'text') {
        if (!retracted.has(itemIdOf(event))) pieces.push(item.text);
      }
      // Two messages without a tool call between them are both part of the last message, separated by a blank line.
      else if (item?.kind === 'boundary' && pieces.at(-1) !== SEPARATOR) pieces.push(SEPARATOR);
      else if (item?.kind === 'tool-call' && joined(pieces) !== undefined) return joined(pieces);
    }
    before = page.at(-1)?.seq;
    if (before === undefined || page.length < PAGE) return joined(pieces);
  }
}

/** The id of an item; empty for frames of older journals. */
const itemIdOf = (event: object): string =>
  'itemId' in event && typeof event.itemId === 'string' ? event.itemId : '';

/** The text of pieces in reverse order. */
function joined(pieces: readonly string[]): string | undefined {
  const text = pieces.toReversed().join('').trim();
  return text === '' ? undefined : text;
}
