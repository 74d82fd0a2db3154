import type { ToolRequest, ToolRequestEnd } from '../permissions/tool-request.ts';
import type { RawItem } from '../transcript/item.ts';
import type { ProviderError } from './provider-error.ts';
import type { TurnRecord, TurnStatus } from './turn-records.ts';

/** How a turn is followed, and who hears of what. */

/** Items in order and the cursor that may be stored with them: only what lies before it is complete. */
export type ItemBatch = { readonly items: readonly RawItem[]; readonly cursor?: string };

/** What the runtime says about a turn, from whichever channel says it first. */
export type TurnFact = {
  readonly record: TurnRecord;
  readonly source: 'stream' | 'record';
  /** The stream announced the end and went away, and the record keeps saying that the run is alive. */
  readonly isUnconfirmed?: boolean;
};

export type FollowObserver = {
  /** Called in order; items may repeat after a reconnect and are told apart by (turn, id, kind). */
  onItems(batch: ItemBatch): void;
  /** A newer state of the turn; terminal at most once. A trailing frame never overrules a terminal fact. */
  onFact(fact: TurnFact): void;
  /**
   * A tool call waits for an answer. Told in order with the items, and again by every reading while it is open: known
   * by its id.
   */
  onRequest?(request: ToolRequest): void;
  /** It waits no longer. */
  onRequestEnded?(end: ToolRequestEnd): void;
  onConnection(connection: 'live' | 'reconnecting' | 'unknown', reason?: string): void;
  /** The runtime was heard from about this turn (bytes, heartbeats included, or an answer); at most every 10 s. */
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
  /** Someone looks at this turn now: its connection goes before others that wait. */
  readonly isUrgent?: () => boolean;
  readonly signal: AbortSignal;
};

/** `complete`: `done` was read. `incomplete`: the rest cannot be had (a gap was reported). `aborted`: by the signal.
 *  `blocked`: nothing more can be read before the error is fixed (key refused, thread unknown). */
export type FollowEnd =
  | { readonly kind: 'complete' | 'incomplete' | 'aborted' }
  | { readonly kind: 'blocked'; readonly error: ProviderError };
