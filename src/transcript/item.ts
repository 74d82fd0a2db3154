import { type Fields, fieldsOf } from '../lib/fields.ts';
/**
 * What a reader sees of a turn, the same for every runtime. Items are plain JSON and are kept as their runtime's
 * adapter made them; whoever reads one from disk or from the wire takes it through `readItem`, which never throws.
 */
export type TranscriptItem =
  | SpeechItem
  | BoundaryItem
  | ToolCallItem
  | ToolOutputItem
  | UsageItem
  | NoticeItem
  | RetractedItem
  | OtherItem;

/** A piece of what the agent says or thinks; consecutive pieces are one text. */
export type SpeechItem = { readonly kind: 'text' | 'thinking'; readonly text: string };

/** Stands between two messages: what is said after it is a text of its own. */
export type BoundaryItem = { readonly kind: 'boundary' };

/** A tool call begins, or ends. Items of one call share its `callId`. */
export type ToolCallItem = {
  readonly kind: 'tool-call';
  readonly callId: string;
  readonly name: string;
  readonly status: 'running' | 'completed' | 'error';
  readonly args?: unknown;
  readonly result?: unknown;
  /** The runtime left something out because it was too large. */
  readonly isTruncated: boolean;
};

/**
 * What a tool call that is in progress prints, as it comes. The call's `result` holds it again, whole or cut: this is to
 * be shown until then, and counts for nothing else.
 */
export type ToolOutputItem = {
  readonly kind: 'tool-output';
  readonly callId: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
};

/** Tokens of the turn so far, as the runtime reports them. */
export type UsageItem = {
  readonly kind: 'usage';
  readonly tokens: Readonly<Record<string, number>>;
};

/** Something about the turn that is neither said nor done by the agent. */
export type NoticeItem = {
  readonly kind: 'notice';
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
};

/** Items that no longer count, because the harness said them again after a cut. */
export type RetractedItem = { readonly kind: 'retracted'; readonly itemIds: readonly string[] };

/** What the runtime sent and nobody here knows: kept raw. */
export type OtherItem = { readonly kind: 'other'; readonly event: string; readonly data: unknown };

export type TranscriptItemKind = TranscriptItem['kind'];

/** An item as it is stored: its kind, and its other fields as JSON text, untouched since they came. */
export type RawItem = {
  readonly kind: TranscriptItemKind;
  /** Of the runtime's wire. With it an item that is delivered again is known by (turn, id, kind). */
  readonly id?: string;
  readonly dataText: string;
};

/** The item behind a kind and its parsed fields. Fields that are missing or of another type are read as empty. */
export function readItem(kind: string, data: unknown): TranscriptItem {
  const fields = fieldsOf(data);
  switch (kind) {
    case 'text':
    case 'thinking':
      return { kind, text: textOf(fields.text) };
    case 'boundary':
      return { kind };
    case 'tool-call':
      return readToolCall(fields);
    case 'tool-output':
      return {
        kind,
        callId: textOf(fields.callId),
        stream: fields.stream === 'stderr' ? 'stderr' : 'stdout',
        text: textOf(fields.text),
      };
    case 'usage':
      return { kind, tokens: numbersOf(fields) };
    case 'notice':
      return { kind, level: levelOf(fields.level), text: textOf(fields.text) };
    case 'retracted':
      return { kind, itemIds: Array.isArray(fields.itemIds) ? fields.itemIds.map(String) : [] };
    case 'other':
      return { kind, event: textOf(fields.event), data: fields.data };
    default:
      // Of a later version: shown as what it is, never as nothing.
      return { kind: 'other', event: kind, data };
  }
}

function readToolCall(fields: Fields): ToolCallItem {
  const { status } = fields;
  return {
    kind: 'tool-call',
    callId: textOf(fields.callId),
    name: textOf(fields.name),
    status: status === 'completed' || status === 'error' ? status : 'running',
    ...(fields.args === undefined ? {} : { args: fields.args }),
    ...(fields.result === undefined ? {} : { result: fields.result }),
    isTruncated: Object.values(fieldsOf(fields.truncated)).some(Boolean),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const levelOf = (value: unknown): NoticeItem['level'] =>
  value === 'warning' || value === 'error' ? value : 'info';
const numbersOf = (fields: Fields): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  );
