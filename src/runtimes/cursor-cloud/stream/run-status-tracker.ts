import { parseJson } from '../../../lib/json.ts';
import type { FollowObserver } from '../../turn-reading.ts';
import { isTerminal, type TurnRecord } from '../../turn-records.ts';
import { errorFrameSchema, resultFrameSchema, statusFrameSchema, toTurnRecord } from '../wire.ts';
import type { Frame } from './frame.ts';

/** What a frame means beyond being a frame. */
export type Meaning =
  /** It says nothing about how the run stands. */
  | { readonly kind: 'other' }
  /** `isNew` is false when a reconnect has brought the same result again. */
  | { readonly kind: 'result'; readonly isNew: boolean }
  /** The stream has trouble; the run may be fine. */
  | { readonly kind: 'trouble'; readonly reason: string }
  | { readonly kind: 'status' }
  | { readonly kind: 'unreadable'; readonly what: string };

/**
 * Tells the observer how the run stands, from whichever channel says it first, and says "it has ended" at most
 * once. A `result` and a settled record are facts at once. A bare terminal status is not: Cursor closes a
 * cancelled run with `status: FINISHED` and only then `result: CANCELLED`. It becomes a fact when neither a
 * result nor a settled record has come after a while. Every connection begins with a status that Cursor takes from
 * the record, and records were seen frozen at RUNNING for half an hour after the end: only further content takes an
 * announced end back, a status does not.
 */
export class RunStatusTracker {
  readonly #threadId: string;
  readonly #turnId: string;
  readonly #observer: FollowObserver;
  #announced: { readonly status: TurnRecord['status']; readonly at: number } | undefined;
  #isTerminal: boolean;
  #isSettledByAnnouncement = false;
  #newestId: string | undefined;
  /** The newest id that was read before the stream began again; until it comes, nothing is new. */
  #replayUntil: string | undefined;
  #hasResult = false;
  #status: TurnRecord['status'] | undefined;

  constructor(
    turn: { threadId: string; turnId: string; hasEnded: boolean },
    observer: FollowObserver,
  ) {
    this.#threadId = turn.threadId;
    this.#turnId = turn.turnId;
    this.#isTerminal = turn.hasEnded;
    this.#observer = observer;
  }

  get isTerminal(): boolean {
    return this.#isTerminal;
  }

  /** The stream has told the result itself; only `done` can follow it. */
  get hasResult(): boolean {
    return this.#hasResult;
  }

  /** A terminal status that still waits for its result. */
  get isEndAnnounced(): boolean {
    return this.#announced !== undefined && !this.#isTerminal;
  }

  /** The announced end alone was taken for the end: no result and no settled record have confirmed it. */
  get isSettledByAnnouncement(): boolean {
    return this.#isSettledByAnnouncement;
  }

  get status(): TurnRecord['status'] | undefined {
    return this.#status;
  }

  /** Only the frames that carry facts are parsed; all others pass as they came. */
  read(frame: Frame): Meaning {
    switch (frame.event) {
      case 'status':
        return this.#readStatus(frame);
      case 'result':
        return this.#readResult(frame);
      case 'error': {
        const error = errorFrameSchema.safeParse(parseJson(frame.data)).data;
        const reason = error?.message ?? error?.code ?? 'Cursor reported a problem with the stream';
        return { kind: 'trouble', reason };
      }
      default:
        return { kind: 'other' };
    }
  }

  /** A connection begins behind `cursor`, or with the stream: what was read after that comes again. */
  expectReplay(cursor: string | undefined): void {
    this.#replayUntil = this.#newestId === cursor ? undefined : this.#newestId;
  }

  /**
   * A frame of the run's history, known by `id`. Work that continues after an announced end takes it back; a frame
   * that comes again does not, nor does what trails behind the end, such as a count of tokens.
   */
  readContent(id: string | undefined, isWork: boolean): void {
    if (id === undefined) return;
    const isReplay = this.#replayUntil !== undefined;
    if (id === this.#replayUntil) this.#replayUntil = undefined;
    if (isReplay || id === this.#newestId) return;
    this.#newestId = id;
    if (isWork) this.#announced = undefined;
  }

  fromRecord(record: TurnRecord): void {
    this.#tell(record, 'record');
  }

  /**
   * Takes an announced end for a fact once nothing else has come for `afterMs`, even if the record still says
   * RUNNING. To be called after the record was read. Returns whether it did.
   */
  settleAnnounced(afterMs: number): boolean {
    if (this.#announced === undefined || this.#isTerminal) return false;
    if (performance.now() - this.#announced.at < afterMs) return false;
    this.#isSettledByAnnouncement = true;
    this.#tell(this.#bare(this.#announced.status), 'stream', true);
    return true;
  }

  #readStatus(frame: Frame): Meaning {
    const parsed = statusFrameSchema.safeParse(parseJson(frame.data));
    if (!parsed.success) return { kind: 'unreadable', what: 'a status' };
    const { status } = parsed.data;
    if (isTerminal(status)) {
      this.#announced = { status, at: this.#announced?.at ?? performance.now() };
    } else if (this.#announced === undefined) {
      this.#tell(this.#bare(status), 'stream');
    }
    return { kind: 'status' };
  }

  #readResult(frame: Frame): Meaning {
    const parsed = resultFrameSchema.safeParse(parseJson(frame.data));
    if (!parsed.success) return { kind: 'unreadable', what: 'the result' };
    const { text, ...rest } = parsed.data;
    const ending = text === undefined ? rest : { ...rest, result: text };
    const isNew = !this.#hasResult && isTerminal(ending.status);
    this.#hasResult ||= isNew;
    this.#tell(toTurnRecord(this.#threadId, this.#turnId, ending), 'stream');
    return { kind: 'result', isNew };
  }

  #tell(record: TurnRecord, source: 'stream' | 'record', isUnconfirmed = false): void {
    const isEnd = isTerminal(record.status);
    if (this.#isTerminal) {
      if (isEnd) this.#status ??= record.status;
      return;
    }
    this.#isTerminal = isEnd;
    this.#status = record.status;
    this.#observer.onFact({ record, source, ...(isUnconfirmed ? { isUnconfirmed } : {}) });
  }

  #bare(status: TurnRecord['status']): TurnRecord {
    return { threadId: this.#threadId, turnId: this.#turnId, status, branches: [] };
  }
}
