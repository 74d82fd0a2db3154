import { createHash } from 'node:crypto';
import { type Fields, fieldsOf } from '../../../lib/fields.ts';
import { messageBoundaryUpdates } from '../../../transcript/event-item.ts';
import type { RawItem } from '../../../transcript/item.ts';
import type { Frame } from './frame.ts';
import { Twins } from './twins.ts';

/**
 * Converts the frames of a run to transcript items. A simplified frame (`assistant`, `thinking`, `tool_call`) comes first
 * and its `interaction_update` twin later, with the same id: together they are one item. An update without a simplified
 * frame becomes the item that the frame would have been, with the same id, in case the frame still follows. Text is
 * passed on unparsed.
 *
 * Frames without a usable id are identified by their content: see `Twins`. Their items get an id derived from position and
 * content, so that they are recognized when a reconnect repeats them.
 */
export class FrameItems {
  readonly #twins = new Twins();
  /** The last id, and the number of items without an id since then: together the position of an item. */
  #lastId: string | undefined;
  #countAfterId = 0;

  /** A connection starts after the frame with the id `cursor`, or with the first frame of the stream. */
  beginConnection(cursor: string | undefined): void {
    this.#lastId = cursor;
    this.#countAfterId = 0;
    this.#twins.beginConnection();
  }

  /** The item of a frame; null for twins, token counters and facts (`result`, `done`). */
  read(frame: Frame): RawItem | null {
    if (frame.id !== undefined) {
      this.#lastId = frame.id;
      this.#countAfterId = 0;
    }
    const item = this.#itemOf(frame);
    // Unknown frames may be garbage of a broken connection, so they get no position.
    if (item === null || item.id !== undefined || item.kind === 'other') return item;
    this.#countAfterId += 1;
    const position = [this.#lastId ?? null, this.#countAfterId, item.kind, item.dataText];
    const digest = createHash('sha256').update(JSON.stringify(position)).digest('base64url');
    return { ...item, id: `unnamed-${digest.slice(0, 22)}` };
  }

  #itemOf(frame: Frame): RawItem | null {
    switch (frame.event) {
      case 'assistant':
        return this.#simplified(frame, 'text');
      case 'thinking':
        return this.#simplified(frame, 'thinking');
      case 'tool_call':
        return this.#simplified(frame, 'tool-call');
      case 'interaction_update': {
        if (this.#twins.isKnownById(frame)) return null;
        const item = itemOfUpdate(frame);
        return item !== null && this.#twins.isTwin(item) ? null : item;
      }
      case 'result':
      case 'done':
        return null;
      default:
        return other(frame);
    }
  }

  #simplified(frame: Frame, kind: RawItem['kind']): RawItem {
    const item = isObject(frame.data) ? itemOf(frame, kind, frame.data) : other(frame);
    this.#twins.expect(frame, item);
    return item;
  }
}

function itemOfUpdate(frame: Frame): RawItem | null {
  const update = parseFields(frame.data);
  switch (update?.type) {
    case 'token-delta':
      return null;
    case 'text-delta':
      return itemOf(frame, 'text', JSON.stringify({ text: update.text }));
    case 'thinking-delta':
      return itemOf(frame, 'thinking', JSON.stringify({ text: update.text }));
    case 'tool-call-started':
      return itemOf(frame, 'tool-call', toolCall(update, 'running'));
    case 'tool-call-completed':
      return itemOf(frame, 'tool-call', toolCall(update, 'completed'));
    case 'turn-ended':
      return update.usage === undefined
        ? itemOf(frame, 'boundary', frame.data)
        : itemOf(frame, 'usage', JSON.stringify(update.usage));
    default:
      return messageBoundaryUpdates.has(update?.type)
        ? itemOf(frame, 'boundary', frame.data)
        : other(frame);
  }
}

function toolCall(update: Fields, status: 'running' | 'completed'): string {
  const call = fieldsOf(update.toolCall);
  const { callId } = update;
  return JSON.stringify({
    callId,
    name: call.type,
    status,
    args: call.args,
    result: resultOf(call.result),
  });
}

/** The typed update has `{status, value | error}` where the simplified frame has `{success | error}`. */
function resultOf(result: unknown): unknown {
  const { status, value, error } = fieldsOf(result);
  if (status === 'success') return { success: value };
  return status === 'error' ? { error } : result;
}

const itemOf = ({ id }: Frame, kind: RawItem['kind'], dataText: string): RawItem =>
  id === undefined ? { kind, dataText } : { kind, id, dataText };

/** Stores the raw data, as JSON if it is valid JSON. */
function other(frame: Frame): RawItem {
  const data = isJson(frame.data) ? frame.data : JSON.stringify(frame.data);
  return itemOf(frame, 'other', `{"event":${JSON.stringify(frame.event)},"data":${data}}`);
}

function parseFields(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null; // Not JSON, so the kind is unknown.
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** A quick check. An object that is truncated or nested too deeply is noticed when it is read. */
const isObject = (text: string): boolean => text.startsWith('{') && text.endsWith('}');
