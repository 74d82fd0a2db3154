import { upcast, versionOf } from '../session/events/upcasters.ts';
import {
  isTranscript,
  type LifecycleEvent,
  type SessionEvent,
  sessionEventSchema,
  type TranscriptEvent,
} from '../session/events.ts';
import type { TurnId } from '../session/ids.ts';
import { isTranscriptEvent } from '../transcript/event-item.ts';
import type { AgentId } from '../workflow/ids.ts';

/** The agent, attempt and turn of an item. */
export type ItemSource = {
  readonly agentId: AgentId;
  readonly attempt: number;
  readonly turnId: TurnId;
};

/** The types of the events that change a session's state: all except transcript events. */
export const LIFECYCLE_TYPES = sessionEventSchema.options
  .map((option) => option.shape.type.value)
  .filter((type) => !isTranscriptEvent(type));

/** Much deeper than any real tool call. */
const MAX_DEPTH = 500;

/**
 * `JSON.parse` has no depth limit, but `JSON.stringify` is recursive: as a value, an item that is nested thousands of
 * levels deep would break every stream and export that contains it.
 */
const isTooDeep = (dataText: string): boolean => {
  // Each level needs two brackets, so that most items are too short to need a check.
  if (dataText.length <= 2 * MAX_DEPTH) return false;
  let depth = 0;
  for (let index = 0; index < dataText.length && depth <= MAX_DEPTH; index += 1) {
    const character = dataText[index];
    // Most of an item is text, which is skipped.
    if (character === '"') index = endOfString(dataText, index);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
  }
  return depth > MAX_DEPTH;
};

/** The index of the quote that ends the string starting at `start`; the length of the text if there is none. */
const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let firstBackslash = end;
    while (text[firstBackslash - 1] === '\\') firstBackslash -= 1;
    if ((end - firstBackslash) % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
};

const parseData = (dataText: string): unknown => {
  if (isTooDeep(dataText)) return dataText;
  try {
    return JSON.parse(dataText);
  } catch {
    // Data is stored as it was received; invalid JSON is returned as text.
    return dataText;
  }
};

/** One stored row of a transcript. */
export type ItemRow = {
  readonly type: TranscriptEvent['type'];
  /** The kind of an item; for a frame in an older journal, Cursor's event name. */
  readonly name: string;
  readonly id: string | null;
  readonly payload: string;
};

/** A row as an event. Its data is parsed on first access, because most items are only stored and sent. */
export const itemEvent = (source: ItemSource, row: ItemRow): TranscriptEvent => {
  const { agentId, attempt, turnId } = source;
  let parsed: { readonly data: unknown } | undefined;
  const data = (): unknown => {
    parsed ??= { data: parseData(row.payload) };
    return parsed.data;
  };
  if (row.type === 'TranscriptItem') {
    return {
      type: 'TranscriptItem',
      agentId,
      attempt,
      turnId,
      ...(row.id === null ? undefined : { itemId: row.id }),
      get item() {
        return itemWith(row.name, data());
      },
    };
  }
  return {
    type: 'StreamEvent',
    agentId,
    attempt,
    turnId,
    event: row.name,
    ...(row.id === null ? undefined : { eventId: row.id }),
    get data() {
      return data();
    },
  };
};

/** The item with its kind as the first field. Data that is not an object is kept in `data`. */
const itemWith = (kind: string, data: unknown): { readonly kind: string } =>
  typeof data === 'object' && data !== null && !Array.isArray(data)
    ? Object.assign({ kind }, data, { kind })
    : { kind, ...{ data } };

/** Validates an event before it is stored, so that it can be read again. @throws if it is invalid, which is a bug */
export const validateEvent = (event: LifecycleEvent): LifecycleEvent => {
  const parsed = sessionEventSchema.parse(event);
  if (!isLifecycle(parsed)) throw new Error('Transcript items are buffered, not appended');
  return parsed;
};

export const encodeEvent = (event: LifecycleEvent): string => JSON.stringify(event);

export type Decoded =
  | { readonly ok: true; readonly event: LifecycleEvent }
  | { readonly ok: false; readonly reason: string };

/** Decodes a stored lifecycle event of any version. */
export const decodeEvent = (version: number, payload: string): Decoded => {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${String(error)}` };
  }
  const type = typeof json === 'object' && json !== null && 'type' in json ? String(json.type) : '';
  // Upcasters check the fields that they read.
  const event = upcast(type, version, json as Record<string, unknown>);
  if (event === null) {
    return { ok: false, reason: `event version ${version}, known up to ${versionOf(type)}` };
  }
  const parsed = sessionEventSchema.safeParse(event);
  if (!parsed.success) return { ok: false, reason: parsed.error.message };
  if (!isLifecycle(parsed.data))
    return { ok: false, reason: 'an item where an event was expected' };
  return { ok: true, event: parsed.data };
};

const isLifecycle = (event: SessionEvent): event is LifecycleEvent => !isTranscript(event);
