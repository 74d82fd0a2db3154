import { type Fields, fieldsOf } from '../lib/fields.ts';

/**
 * What a reader sees of a turn, the same for every runtime. Items are plain JSON, stored as the adapter of their
 * runtime made them. Items from disk or from the network go through `readItem`, which never throws.
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

/** A piece of the agent's output or thinking; consecutive pieces form one text. */
export type SpeechItem = { readonly kind: 'text' | 'thinking'; readonly text: string };

/** Separates two messages: the text after it starts a new message. */
export type BoundaryItem = { readonly kind: 'boundary' };

/** A tool call starts or ends. All items of a call share its `callId`. */
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
 * Live output of a tool call in progress. The call's `result` repeats it, possibly truncated, so this item is only for
 * display until then.
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

/** A message about the turn that does not come from the agent. */
export type NoticeItem = {
  readonly kind: 'notice';
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
};

/** Names items that no longer count, because the harness streamed them again after an interruption. */
export type RetractedItem = { readonly kind: 'retracted'; readonly itemIds: readonly string[] };

/** A frame of unknown kind, stored unchanged. */
export type OtherItem = { readonly kind: 'other'; readonly event: string; readonly data: unknown };

export type TranscriptItemKind = TranscriptItem['kind'];

/** An item as stored: its kind, and its other fields as the unchanged JSON text. */
export type RawItem = {
  readonly kind: TranscriptItemKind;
  /** The id that the runtime sent. Items that are delivered again are recognized by (turn, id, kind). */
  readonly id?: string;
  readonly dataText: string;
};

/** Builds an item from its kind and parsed fields. Fields that are missing or of another type become empty. */
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
      // A kind of a later version is kept, so that it can still be shown.
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
