import type { DatabaseSync } from 'node:sqlite';
import type { LifecycleEvent } from '../session/events.ts';
import type { SessionId, TurnId } from '../session/ids.ts';
import type { SessionState } from '../session/state.ts';
import { createTransaction, type Transaction } from './database.ts';
import { diskTrouble, JournalFailure } from './disk-trouble.ts';
import { validateEvent } from './event-codec.ts';
import type { SessionEventOptions } from './event-reader.ts';
import { createFacts } from './facts.ts';
import { type BufferLimits, ItemBuffer } from './item-buffer.ts';
import { Publisher } from './publisher.ts';
import { Tables } from './tables.ts';
import { type Schedule, TroubleMonitor } from './trouble.ts';
import type {
  AppendGuard,
  AppendResult,
  AttemptRow,
  BufferedItems,
  Journal,
  Projection,
  SessionQuery,
  StoredEvent,
} from './types.ts';

const GROUP_COMMIT_ITEMS = 200;
const GROUP_COMMIT_MS = 25;
/** Between two packs. */
const PACK_PAUSE_MS = 250;

export type JournalParts<State = SessionState> = {
  readonly database: DatabaseSync;
  readonly projection: Projection<State>;
  readonly now: () => number;
  readonly schedule: Schedule;
  readonly bufferLimits: BufferLimits;
  /** Writes a verified backup and returns its path. */
  readonly backUp: () => Promise<string>;
  /** Called last when the journal closes: gives the lock back. */
  readonly release: () => void;
};

/** The journal on SQLite. Everything but `backup` is synchronous: a transaction is never interleaved. */
export class SqliteJournal<State = SessionState> implements Journal<State> {
  readonly epoch: number;
  readonly facts: Journal['facts'];
  readonly #parts: JournalParts<State>;
  readonly #transaction: Transaction;
  readonly #tables: Tables<State>;
  readonly #buffer: ItemBuffer;
  readonly #publisher = new Publisher();
  readonly #trouble: TroubleMonitor;
  #cancelTimer: (() => void) | null = null;
  #cancelPacking: (() => void) | null = null;
  #isClosed = false;

  constructor(parts: JournalParts<State>) {
    const { database, projection } = parts;
    this.#parts = parts;
    this.#transaction = createTransaction(database);
    this.#tables = new Tables(database, projection);
    this.#buffer = new ItemBuffer(parts.bufferLimits);
    this.#trouble = new TroubleMonitor(parts.schedule, () => this.#tryAgain());
    this.facts = createFacts(database, (body) => {
      this.#write(body);
      this.#trouble.clear();
    });
    this.epoch = this.#transaction(() => this.#tables.begin());
    if (this.#tables.hasUnpacked) this.#startPacking();
  }

  get lastPosition(): number {
    return this.#tables.writer.lastPosition;
  }

  append(
    sessionId: SessionId,
    events: readonly LifecycleEvent[],
    guard?: AppendGuard,
  ): AppendResult {
    const checked = events.map(validateEvent);
    const committed: StoredEvent[] = [];
    const result = this.#write((): AppendResult => {
      // Before anything is written, so that a refusal leaves the transaction empty.
      const refusal = guard?.({
        liveCloudAttempts: this.#tables.attempts.countLive('cloud'),
        liveLocalAttempts: this.#tables.attempts.countLive('this-machine'),
        epoch: this.#tables.epoch(),
      });
      if (typeof refusal === 'string') return { ok: false, refusal };
      this.#tables.writeBuffered(this.#buffer, this.#publisher.hasListeners ? committed : null);
      const stored = this.#store(sessionId, checked, this.#parts.now());
      committed.push(...stored);
      for (const event of checked) {
        if (event.type === 'StreamEnded') this.#tables.streams.markRead(event.turnId);
      }
      return { ok: true, events: stored };
    });
    // A refused append wrote nothing: what is buffered still waits.
    if (result.ok) this.#committed(committed);
    if (checked.some(({ type }) => type === 'StreamEnded')) this.#startPacking();
    return result;
  }

  appendToAll(sessionIds: readonly SessionId[], event: LifecycleEvent): void {
    const checked = [validateEvent(event)];
    const committed: StoredEvent[] = [];
    this.#write(() => {
      this.#tables.writeBuffered(this.#buffer, this.#publisher.hasListeners ? committed : null);
      const at = this.#parts.now();
      for (const id of sessionIds) committed.push(...this.#store(id, checked, at));
    });
    this.#committed(committed);
  }

  /** Inside a transaction. */
  #store(sessionId: SessionId, events: readonly LifecycleEvent[], at: number) {
    if (events.length === 0) return [];
    const session = this.#tables.states.evolve(sessionId, events, at);
    return events.map((event) => this.#tables.writer.writeEvent(sessionId, session, at, event));
  }

  buffer(items: BufferedItems): boolean {
    if (this.#tables.states.counter(items.sessionId) === null) {
      throw new Error(`Items of a session that the journal does not know: ${items.sessionId}`);
    }
    if (!this.#buffer.offer({ ...items, at: this.#parts.now() })) return false;
    if (this.#buffer.itemCount >= GROUP_COMMIT_ITEMS && !this.#trouble.isPresent) this.flush();
    else this.#startTimer();
    return true;
  }

  recordHeartbeat(turnId: TurnId, at: number): void {
    this.#buffer.recordHeartbeat(turnId, at);
    this.#startTimer();
  }

  flush(): void {
    if (this.#buffer.isEmpty) return;
    try {
      this.#commitBuffered(() => undefined);
    } catch (error) {
      // Told to `onTrouble`; the items are kept, and the next try is already scheduled.
      if (!(error instanceof JournalFailure)) throw error;
    }
  }

  onCommitted(listener: (events: readonly StoredEvent[]) => void): () => void {
    return this.#publisher.subscribe(listener);
  }

  onTrouble(listener: Parameters<Journal['onTrouble']>[0]): () => void {
    return this.#trouble.subscribe(listener);
  }

  state(sessionId: SessionId): State | undefined {
    return this.#tables.states.state(sessionId);
  }

  sessions(query: SessionQuery): ReturnType<Journal<State>['sessions']> {
    // The rows hold what the projection of this version stored.
    return this.#tables.sessions.list(query) as ReturnType<Journal<State>['sessions']>;
  }

  sessionIds(query: Parameters<Journal['sessionIds']>[0]): readonly SessionId[] {
    return this.#tables.sessions.ids(query);
  }

  countByStatus(): Readonly<Record<string, number>> {
    return this.#tables.sessions.countByStatus();
  }

  findSessions(prefix: string, limit: number): readonly SessionId[] {
    return this.#tables.sessions.findByPrefix(prefix, limit);
  }

  liveAttempts(place?: AttemptRow['location']): ReturnType<Journal['liveAttempts']> {
    return this.#tables.attempts.live(place);
  }

  attemptByThread(threadId: string): ReturnType<Journal['attemptByThread']> {
    return this.#tables.attempts.byThread(threadId);
  }

  streamCursor(turnId: TurnId): ReturnType<Journal['streamCursor']> {
    this.#buffer.readmit(turnId);
    return this.#tables.streams.cursor(turnId);
  }

  sessionEvents(sessionId: SessionId, options: SessionEventOptions): readonly StoredEvent[] {
    return this.#tables.reader.readSession(sessionId, options);
  }

  allEvents(options: Parameters<Journal['allEvents']>[0]): readonly StoredEvent[] {
    return this.#tables.reader.readAll(options);
  }

  quarantine(): ReturnType<Journal['quarantine']> {
    return this.#tables.quarantine.list();
  }

  backup(): Promise<string> {
    this.flush();
    return this.#parts.backUp();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.flush();
    this.#stopTimer();
    this.#cancelPacking?.();
    this.#trouble.stop();
    try {
      // Closing the last connection checkpoints the WAL and removes it.
      this.#parts.database.close();
    } finally {
      this.#parts.release();
    }
  }

  /** Commits what is buffered together with what the body writes before it. */
  #commitBuffered(body: () => void): void {
    const committed: StoredEvent[] = [];
    this.#write(() => {
      body();
      this.#tables.writeBuffered(this.#buffer, this.#publisher.hasListeners ? committed : null);
    });
    this.#committed(committed);
  }

  /** One transaction. When it fails, nothing of it stays, neither on disk nor in memory. */
  #write<Result>(body: () => Result): Result {
    try {
      return this.#transaction(body);
    } catch (error) {
      this.#tables.resetAfterRollback();
      const trouble = diskTrouble(error);
      if (trouble === null) throw error;
      this.#trouble.report(trouble);
      throw new JournalFailure(trouble, error);
    }
  }

  #committed(events: readonly StoredEvent[]): void {
    this.#stopTimer();
    this.#buffer.clear();
    this.#trouble.clear();
    this.#publisher.publish(events);
  }

  /** After trouble: a write of no meaning finds out whether the disk takes writes again. */
  #tryAgain(): void {
    try {
      this.#commitBuffered(() => this.#tables.probe());
    } catch (error) {
      if (!(error instanceof JournalFailure)) throw error;
    }
  }

  /** Packs what has been read to its end, a stretch now and then, so that nothing has to wait for it. */
  #startPacking(): void {
    this.#cancelPacking ??= this.#parts.schedule(() => {
      this.#cancelPacking = null;
      try {
        if (this.#write(() => this.#tables.packOne())) this.#startPacking();
      } catch (error) {
        // The disk refuses: told to `onTrouble`. The rows stay, and are packed after the next end of a reading.
        if (!(error instanceof JournalFailure)) throw error;
      }
    }, PACK_PAUSE_MS);
  }

  #startTimer(): void {
    if (this.#cancelTimer !== null || this.#trouble.isPresent) return;
    this.#cancelTimer = this.#parts.schedule(() => {
      this.#cancelTimer = null;
      this.flush();
    }, GROUP_COMMIT_MS);
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
