import type { ToolRequest, ToolRequestEnd } from '../permissions/tool-request.ts';
import type { RawItem } from '../transcript/item.ts';
import type { ProviderError } from './provider-error.ts';
import type { TurnRecord, TurnStatus } from './turn-records.ts';

/** Types for following a turn. */

/** Items in order, and the cursor to store with them. Everything up to the cursor is complete. */
export type ItemBatch = { readonly items: readonly RawItem[]; readonly cursor?: string };

/** A state of a turn as reported by the runtime, from whichever channel reports it first. */
export type TurnFact = {
  readonly record: TurnRecord;
  readonly source: 'stream' | 'record';
  /** The stream announced the end and closed, but the record still reports the run as running. */
  readonly isUnconfirmed?: boolean;
};

export type FollowObserver = {
  /** Called in order. Items may repeat after a reconnect; (turn, id, kind) identifies an item. */
  onItems(batch: ItemBatch): void;
  /** A newer state of the turn; terminal at most once. A trailing frame never overrules a terminal fact. */
  onFact(fact: TurnFact): void;
  /**
   * A tool call waits for an answer. Called in order with the items, and again after every reconnect while it is open;
   * identified by its id.
   */
  onRequest?(request: ToolRequest): void;
  /** The request no longer waits for an answer. */
  onRequestEnded?(end: ToolRequestEnd): void;
  onConnection(connection: 'live' | 'reconnecting' | 'unknown', reason?: string): void;
  /** Data about this turn arrived, heartbeats included; called at most every 10 s. */
  onHeartbeat?(): void;
  /** Items may be missing here; the turn's state has been read again. */
  onGap(gap: {
    reason: 'stream_expired' | 'invalid_last_event_id' | 'unreadable' | 'unavailable';
    detail: string;
    turnStatus?: TurnStatus;
  }): void;
};

export type FollowRequest = {
  readonly threadId: string;
  readonly turnId: string;
  /** The stored cursor: reading continues strictly after it. */
  readonly cursor?: string;
  /** The turn is known to have ended; only the rest of its stream is wanted. */
  readonly hasEnded: boolean;
  /** Whether a user is viewing this turn, so that its connection takes precedence over others that wait. */
  readonly isUrgent?: () => boolean;
  readonly signal: AbortSignal;
};

/**
 * `complete`: the stream was read to its end. `incomplete`: the rest is not available, and a gap was reported. `aborted`:
 * by the signal. `blocked`: nothing can be read until the error is fixed (key rejected, thread unknown).
 */
export type FollowEnd =
  | { readonly kind: 'complete' | 'incomplete' | 'aborted' }
  | { readonly kind: 'blocked'; readonly error: ProviderError };
