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

/** Where an item comes from; the rest of it is data that nobody looks into before it is read. */
export type ItemSource = {
  readonly agentId: AgentId;
  readonly attempt: number;
  readonly turnId: TurnId;
};

/** The types of the events that change a session's state: all but those of the transcripts. */
export const LIFECYCLE_TYPES = sessionEventSchema.options
  .map((option) => option.shape.type.value)
  .filter((type) => !isTranscriptEvent(type));

/** Far deeper than any tool call. */
const MAX_DEPTH = 500;

/**
 * Reading JSON knows no depth, but writing it recurses: passed on as a value, a frame that is nested by the thousand
 * would break every stream and export that comes to it, again and again.
 */
const isTooDeep = (dataText: string): boolean => {
  // Each level takes two brackets, so most frames are too short to be looked through.
  if (dataText.length <= 2 * MAX_DEPTH) return false;
  let depth = 0;
  for (let index = 0; index < dataText.length && depth <= MAX_DEPTH; index += 1) {
    const character = dataText[index];
    // Most of a frame is text, which is jumped over.
    if (character === '"') index = endOfString(dataText, index);
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
  }
  return depth > MAX_DEPTH;
};

/** The place of the quote that ends the string which begins here; the end of the text when there is none. */
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
    // What Cursor sent is kept as it came; what is not JSON is shown as the text that it is.
    return dataText;
  }
};

/** One row of a transcript, as it is stored. */
export type ItemRow = {
  readonly type: TranscriptEvent['type'];
  /** The kind of an item; of a frame of an older journal, Cursor's name for it. */
  readonly name: string;
  readonly id: string | null;
  readonly payload: string;
};

/** A row as an event. Its data is parsed when it is first read: most items are only stored and passed on. */
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

/** The item with its kind first. What is no object stands whole, so that nothing of it is lost. */
const itemWith = (kind: string, data: unknown): { readonly kind: string } =>
  typeof data === 'object' && data !== null && !Array.isArray(data)
    ? Object.assign({ kind }, data, { kind })
    : { kind, ...{ data } };

/** Checks an event before it is stored, so that what is on disk can be read again. @throws for a bug. */
export const validateEvent = (event: LifecycleEvent): LifecycleEvent => {
  const parsed = sessionEventSchema.parse(event);
  if (!isLifecycle(parsed)) throw new Error('Transcript items are buffered, not appended');
  return parsed;
};

export const encodeEvent = (event: LifecycleEvent): string => JSON.stringify(event);

export type Decoded =
  | { readonly ok: true; readonly event: LifecycleEvent }
  | { readonly ok: false; readonly reason: string };

/** Reads a stored lifecycle event, in whatever version it was written. */
export const decodeEvent = (version: number, payload: string): Decoded => {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${String(error)}` };
  }
  const type = typeof json === 'object' && json !== null && 'type' in json ? String(json.type) : '';
  // Any object may be asked for any field.
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
