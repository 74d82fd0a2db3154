import type { LifecycleEvent, SessionEvent } from '../session/events.ts';
import type { SessionId, TurnId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';
import type { RawItem } from '../transcript/item.ts';
import type { AgentId } from '../workflow/ids.ts';

/**
 * An event on disk. `seq` counts within its session from 1, without gaps; `position` counts over the whole
 * journal, without gaps. Neither ever changes. `at` is in milliseconds since the epoch.
 */
export type StoredEvent<Event extends SessionEvent = SessionEvent> = {
  readonly position: number;
  readonly seq: number;
  readonly sessionId: SessionId;
  readonly at: number;
  readonly event: Event;
  /** Of a transcript's event: its data as the JSON text that came, which is parsed when it is first read. */
  readonly dataText?: string;
};

/** What the journal stores in addition to the events of a session, in the same transaction. */
export type SessionRow<State = SessionState> = {
  /** The folded state, opaque to the journal. */
  readonly state: State;
  readonly workflowId: string;
  readonly workflowName: string;
  /** Where its agents work. */
  readonly mode: 'cloud' | 'local' | 'mixed';
  readonly status: string;
  readonly needsYou: boolean;
  readonly isSettled: boolean;
  readonly isDismissed: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Words that a search looks through: names, ids, repositories, branches, errors. Read back in lower case. */
  readonly searchText: string;
};

/** One attempt of one agent. In the cloud this is the cloud run record. */
export type AttemptRow = {
  readonly sessionId: SessionId;
  readonly agentId: AgentId;
  readonly attempt: number;
  readonly threadId: string;
  readonly latestTurnId: TurnId | null;
  readonly location: 'cloud' | 'this-machine';
  /** Counts against the limit of live attempts at its place: intents too. */
  readonly isLive: boolean;
};

/** How events are folded into rows. It is passed in, so that the journal does not depend on session rules. */
export type Projection<State = SessionState> = {
  /** State version: rows of another version are folded again from the events. */
  readonly version: number;
  /** Undefined before a session has started. */
  evolve(
    state: State | undefined,
    event: LifecycleEvent,
    at: number,
    sessionId: SessionId,
  ): State | undefined;
  row(state: State): SessionRow<State>;
  attempts(state: State): readonly AttemptRow[];
};

/** The stored cursor of a turn's stream, and its last heartbeat. */
export type StreamCursor = {
  readonly sessionId: SessionId;
  readonly agentId: AgentId;
  readonly attempt: number;
  readonly turnId: TurnId;
  readonly cursor: string | null;
  /** Milliseconds since the epoch of the last item or answer from Cursor about this run. */
  readonly lastHeartbeatAt: number | null;
};

/** Items that wait for the next group commit. One that was stored before (same run, id and kind) is dropped. */
export type BufferedItems = {
  readonly sessionId: SessionId;
  readonly items: readonly RawItem[];
  /** New cursor, stored in the same transaction as the items; absent = unchanged. */
  readonly cursor?: string;
  readonly turnId: TurnId;
  readonly agentId: AgentId;
  readonly attempt: number;
};

/** Rejected by the guard of an append: nothing was written. */
export type AppendResult =
  | { readonly ok: true; readonly events: readonly StoredEvent[] }
  | { readonly ok: false; readonly refusal: string };

/** Checked inside the transaction. A string refuses the append and says why. */
export type AppendGuard = (facts: {
  readonly liveCloudAttempts: number;
  readonly liveLocalAttempts: number;
  readonly epoch: number;
}) => string | null;

export type SessionQuery = {
  readonly includeDismissed?: boolean;
  /** Sessions with agents there; all without it. */
  readonly mode?: 'cloud' | 'local';
  /** Only those of this workflow. */
  readonly workflowId?: string;
  readonly statuses?: readonly string[];
  readonly search?: string;
  readonly isSettled?: boolean;
  readonly limit: number;
  readonly offset?: number;
  /** `needs-you-first`: those that need a person, then the live ones, then the newest. */
  readonly order?: 'newest' | 'needs-you-first';
};

/** `State` is what the projection folds a session's events into. */
export interface Journal<State = SessionState> {
  /** Increases by one with every opening. */
  readonly epoch: number;

  /**
   * Stores lifecycle events of one session together with their rows, in one FULL transaction that also takes
   * all buffered items before them. They are on disk when it returns; listeners are notified afterwards.
   * @throws JournalFailure if the disk fails (full, read-only, damaged); nothing was written
   */
  append(
    sessionId: SessionId,
    events: readonly LifecycleEvent[],
    guard?: AppendGuard,
  ): AppendResult;
  /** Stores one event in each of these sessions, in a single transaction: all of them or none. */
  appendToAll(sessionIds: readonly SessionId[], event: LifecycleEvent): void;
  /**
   * Queues items for the next group commit (at most 25 ms or 200 items away).
   * `false`: not taken, because the disk refuses and the buffer is full. Stop reading this run; once `onTrouble`
   * says null, read on from its `streamCursor`. Until that is asked for, every later batch of the run is refused
   * too, so that its cursor can never pass over items that were not taken.
   */
  buffer(items: BufferedItems): boolean;
  /** Commits what is buffered now. Disk trouble goes to `onTrouble`; the items are kept and tried again. */
  flush(): void;
  /** Records a heartbeat that is not an item, such as a successful read. Group-committed. */
  recordHeartbeat(turnId: TurnId, at: number): void;

  /** Calls the listener after each commit, in `position` order. Returns a function that unsubscribes it. */
  onCommitted(listener: (events: readonly StoredEvent[]) => void): () => void;
  /** Calls the listener when writing fails, and with null when it works again. */
  onTrouble(listener: (trouble: JournalTrouble | null) => void): () => void;

  state(sessionId: SessionId): State | undefined;
  sessions(query: SessionQuery): {
    readonly rows: readonly (SessionRow<State> & { readonly id: SessionId })[];
    readonly total: number;
  };
  /** The ids of all sessions that fit, in the order asked for. */
  sessionIds(query: Omit<SessionQuery, 'limit' | 'offset'>): readonly SessionId[];
  /** How many sessions there are by status, dismissed ones left out. */
  countByStatus(): Readonly<Record<string, number>>;
  /** Ids that begin with this prefix (with or without `s_`), at most `limit`. */
  findSessions(prefix: string, limit: number): readonly SessionId[];
  /** Those that count against a limit, at one place or at all. */
  liveAttempts(place?: AttemptRow['location']): readonly AttemptRow[];
  attemptByThread(threadId: string): AttemptRow | null;
  streamCursor(turnId: TurnId): StreamCursor | null;

  /** Events of one session after `seq`, oldest first; `types` and `agentId` narrow them. */
  sessionEvents(
    sessionId: SessionId,
    options: {
      after?: number;
      before?: number;
      limit: number;
      agentId?: AgentId;
      types?: readonly string[];
      newestFirst?: boolean;
    },
  ): readonly StoredEvent[];
  /** Events of all sessions after `position`, oldest first. */
  allEvents(options: {
    after: number;
    limit: number;
    /** Leaves the transcripts out. */
    lifecycleOnly?: boolean;
  }): readonly StoredEvent[];
  readonly lastPosition: number;

  /** Small facts that belong to no session: confirmations, license marks, notification marks. JSON values. */
  facts: {
    get(key: string): unknown;
    set(key: string, value: unknown): void;
    remove(key: string): void;
    list(prefix: string): readonly { readonly key: string; readonly value: unknown }[];
  };
  /** Events that could not be decoded. They are kept as they are and shown, never skipped silently. */
  quarantine(): readonly {
    readonly position: number;
    readonly sessionId: string;
    readonly reason: string;
    readonly raw: string;
  }[];

  /** Online, verified copy into the backup folder, where the newest three are kept; returns its path. */
  backup(): Promise<string>;
  close(): void;
}

export type JournalTrouble = {
  readonly code: 'disk_full' | 'read_only' | 'damaged' | 'io_error';
  readonly message: string;
  readonly suggestion: string;
};

/** Why the journal could not be opened; `message` and `suggestion` are for people. */
export type OpenFailure = {
  readonly code:
    | 'locked'
    | 'later_version'
    | 'damaged'
    | 'read_only'
    | 'disk_full'
    | 'network_filesystem'
    | 'sqlite_too_old'
    | 'io_error';
  readonly message: string;
  readonly suggestion: string;
};

/** A journal was replaced with its newest valid backup. Later events have to be requested from Cursor. */
export type Recovery = {
  readonly cause: 'damaged' | 'missing' | 'empty';
  /** The new path of the replaced database; null if there was none. */
  readonly movedTo: string | null;
  readonly restoredFrom: string;
  /** Milliseconds since the epoch. */
  readonly backupTakenAt: number;
};

export type OpenResult<State = SessionState> =
  | { readonly ok: true; readonly journal: Journal<State>; readonly recovered?: Recovery }
  | { readonly ok: false; readonly failure: OpenFailure };
