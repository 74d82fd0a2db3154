import type { EventView } from '../../../contract/event-views.ts';
import type { LaunchEvent } from '../../../contract/round-text.ts';
import type { SegmentedText } from './text-segments.ts';

/** A row of a transcript. Rows are immutable; longer text is a new row. */
export type TranscriptRow =
  | TextRow
  | {
      readonly kind: 'prompt';
      readonly key: string;
      readonly at: string;
      /** The launch that the first prompt of an attempt belongs to: its title depends on the rounds of the session. */
      readonly title: string | LaunchEvent;
      readonly text: string;
      /** The user wrote it, so it is shown as sent. */
      readonly isFromUser: boolean;
    }
  | ToolRow
  | NoteRow
  /** A decision about the flow of the session. Its text names connections, so it needs the session. */
  | {
      readonly kind: 'flow';
      readonly key: string;
      readonly at: string;
      readonly event: EventView;
    }
  /** The user edited the plan before approving it. */
  | {
      readonly kind: 'edited-plan';
      readonly key: string;
      readonly at: string;
      readonly proposed: string;
      readonly edited: string;
    };

export type TextRow = SegmentedText & {
  readonly kind: 'text' | 'thinking';
  readonly key: string;
  readonly at: string;
};

export type ToolRow = {
  readonly kind: 'tool';
  readonly key: string;
  readonly at: string;
  /** Unique across runs: run id and call id. */
  readonly call: string;
  readonly name: string;
  /** `unfinished`: its run ended without a result. */
  readonly status: 'running' | 'completed' | 'error' | 'unfinished';
  readonly args: unknown;
  readonly result: unknown;
  /** The output so far; only the end if it is long. */
  readonly output: readonly OutputPart[];
  readonly isTruncated: boolean;
};

/** A part of a command's output, from one stream. */
export type OutputPart = { readonly stream: 'stdout' | 'stderr'; readonly text: string };

export type NoteRow = {
  readonly kind: 'note';
  readonly key: string;
  readonly at: string;
  readonly tone: 'plain' | 'warning' | 'error';
  readonly text: string;
};
