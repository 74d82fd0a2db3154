import { createHash } from 'node:crypto';
import { type Fields, fieldsOf } from '../../../lib/fields.ts';
import { messageBoundaryUpdates } from '../../../transcript/event-item.ts';
import type { RawItem } from '../../../transcript/item.ts';
import type { Frame } from './frame.ts';
import { Twins } from './twins.ts';

/**
 * Turns the frames of one run into transcript items at the door. A simplified frame (`assistant`, `thinking`,
 * `tool_call`) comes first and its `interaction_update` twin later, with the same id: together they are one item.
 * An update that comes without its simplified frame becomes the item that the frame would have been, so that it is
 * known again by its id should the frame still come. Text passes through untouched and unparsed.
 *
 * Frames without an id (or with one that cannot be used) are known by what they say: see `Twins`. Their items get an
 * id made of their place and their content, so that they too are known again when a reconnect repeats them.
 */
export class FrameItems {
  readonly #twins = new Twins();
  /** The last id on the wire, and how many items without one have come since: together the place of an item. */
  #lastId: string | undefined;
  #placeAfterId = 0;

  /** A connection begins behind the frame with the id `cursor`, or with the stream's first frame. */
  beginConnection(cursor: string | undefined): void {
    this.#lastId = cursor;
    this.#placeAfterId = 0;
    this.#twins.beginConnection();
  }

  /** The item of a frame; null for twins, token counters and what is told as a fact (`result`, `done`). */
  read(frame: Frame): RawItem | null {
    if (frame.id !== undefined) {
      this.#lastId = frame.id;
      this.#placeAfterId = 0;
    }
    const item = this.#itemOf(frame);
    // What nobody knows may be garbage of a broken connection: it has no place.
    if (item === null || item.id !== undefined || item.kind === 'other') return item;
    this.#placeAfterId += 1;
    const place = [this.#lastId ?? null, this.#placeAfterId, item.kind, item.dataText];
    const digest = createHash('sha256').update(JSON.stringify(place)).digest('base64url');
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
  const update = parsed(frame.data);
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

/** The typed update says `{status, value | error}` where the simplified frame says `{success | error}`. */
function resultOf(result: unknown): unknown {
  const { status, value, error } = fieldsOf(result);
  if (status === 'success') return { success: value };
  return status === 'error' ? { error } : result;
}

const itemOf = ({ id }: Frame, kind: RawItem['kind'], dataText: string): RawItem =>
  id === undefined ? { kind, dataText } : { kind, id, dataText };

/** Kept raw, as JSON where it is JSON. */
function other(frame: Frame): RawItem {
  const data = isJson(frame.data) ? frame.data : JSON.stringify(frame.data);
  return itemOf(frame, 'other', `{"event":${JSON.stringify(frame.event)},"data":${data}}`);
}

function parsed(text: string): Fields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null; // Not JSON: nothing that we know.
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

/** Most frames are whole objects. One that is cut or nested too deeply is found out when it is read. */
const isObject = (text: string): boolean => text.startsWith('{') && text.endsWith('}');
