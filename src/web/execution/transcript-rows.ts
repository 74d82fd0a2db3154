import type { EventView } from '../../contract/event-views.ts';
import type { LaunchEvent } from '../../contract/round-text.ts';
import type { PiecedText } from './text-pieces.ts';

/** What a person reads of an agent's work, one row each. Rows never change; a longer text is a new row. */
export type TranscriptRow =
  | TextRow
  | {
      readonly kind: 'prompt';
      readonly key: string;
      readonly at: string;
      /** Of the first prompt of an attempt: which one it is. What that is called depends on the rounds of its session. */
      readonly title: string | LaunchEvent;
      readonly text: string;
      /** A person wrote it here, so it is shown as it was sent. */
      readonly isOwn: boolean;
    }
  | ToolRow
  | NoteRow
  /** What was decided about the way of the session. It names connections, which only the session can. */
  | {
      readonly kind: 'flow';
      readonly key: string;
      readonly at: string;
      readonly event: EventView;
    }
  /** A person has changed the plan that they approved. */
  | {
      readonly kind: 'edited-plan';
      readonly key: string;
      readonly at: string;
      readonly proposed: string;
      readonly edited: string;
    };

export type TextRow = PiecedText & {
  readonly kind: 'text' | 'thinking';
  readonly key: string;
  readonly at: string;
};

export type ToolRow = {
  readonly kind: 'tool';
  readonly key: string;
  readonly at: string;
  /** The call in its run. */
  readonly call: string;
  readonly name: string;
  /** `unfinished`: its run ended before it had a result. */
  readonly status: 'running' | 'completed' | 'error' | 'unfinished';
  readonly args: unknown;
  readonly result: unknown;
  /** What it printed so far, the end of it when it is long. */
  readonly output: readonly OutputPart[];
  readonly isTruncated: boolean;
};

/** A stretch of what a command printed to one of its two streams. */
export type OutputPart = { readonly stream: 'stdout' | 'stderr'; readonly text: string };

export type NoteRow = {
  readonly kind: 'note';
  readonly key: string;
  readonly at: string;
  readonly tone: 'plain' | 'warning' | 'error';
  readonly text: string;
};
