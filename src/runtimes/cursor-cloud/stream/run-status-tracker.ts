import { parseJson } from '../../../lib/json.ts';
import type { FollowObserver } from '../../follow-types.ts';
import { isTerminal, type TurnRecord } from '../../turn-records.ts';
import { errorFrameSchema, resultFrameSchema, statusFrameSchema, toTurnRecord } from '../wire.ts';
import type { Frame } from './frame.ts';

/** What a frame means for the state of the run. */
export type FrameMeaning =
  /** It does not affect the state of the run. */
  | { readonly kind: 'other' }
  /** `isNew` is false if a reconnect repeated the same result. */
  | { readonly kind: 'result'; readonly isNew: boolean }
  /** A problem with the stream; the run itself may be fine. */
  | { readonly kind: 'problem'; readonly reason: string }
  | { readonly kind: 'status' }
  | { readonly kind: 'unreadable'; readonly subject: string };

/**
 * Reports the state of the run to the observer, from whichever channel reports it first, and its end at most once. A
 * `result` and a settled record are facts at once. A terminal status alone is only an announcement: Cursor closes a
 * cancelled run with `status: FINISHED`, followed by `result: CANCELLED`. It becomes a fact if neither a result nor a
 * settled record follows for a while. Every connection starts with a status from the record, and records were observed to
 * stay RUNNING for half an hour after the end: only further content revokes an announced end, a status does not.
 */
export class RunStatusTracker {
  readonly #threadId: string;
  readonly #turnId: string;
  readonly #observer: FollowObserver;
  #announced: { readonly status: TurnRecord['status']; readonly at: number } | undefined;
  #isTerminal: boolean;
  #isSettledByAnnouncement = false;
  #newestId: string | undefined;
  /** The newest id before the stream was restarted. Frames up to it are repeats. */
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

  /** The stream has sent the result; only `done` can follow. */
  get hasResult(): boolean {
    return this.#hasResult;
  }

  /** A terminal status that still waits for its result. */
  get isEndAnnounced(): boolean {
    return this.#announced !== undefined && !this.#isTerminal;
  }

  /** The run was settled by the announcement alone, without a result or a settled record. */
  get isSettledByAnnouncement(): boolean {
    return this.#isSettledByAnnouncement;
  }

  get status(): TurnRecord['status'] | undefined {
    return this.#status;
  }

  /** Parses only the frames with facts. */
  read(frame: Frame): FrameMeaning {
    switch (frame.event) {
      case 'status':
        return this.#readStatus(frame);
      case 'result':
        return this.#readResult(frame);
      case 'error': {
        const error = errorFrameSchema.safeParse(parseJson(frame.data)).data;
        const reason = error?.message ?? error?.code ?? 'Cursor reported a problem with the stream';
        return { kind: 'problem', reason };
      }
      default:
        return { kind: 'other' };
    }
  }

  /** A connection starts after `cursor`, or at the beginning: frames that were read after that are repeated. */
  beginReplay(cursor: string | undefined): void {
    this.#replayUntil = this.#newestId === cursor ? undefined : this.#newestId;
  }

  /**
   * Handles a frame of the run's history. New work after an announced end revokes it; repeated frames do not, nor do frames
   * that follow the end, such as token counts.
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
    this.#report(record, 'record');
  }

  /**
   * Reports an announced end as a fact if nothing else has followed for `afterMs`, even if the record is still RUNNING.
   * Call it after reading the record. Returns whether it reported the end.
   */
  settleAnnounced(afterMs: number): boolean {
    if (this.#announced === undefined || this.#isTerminal) return false;
    if (performance.now() - this.#announced.at < afterMs) return false;
    this.#isSettledByAnnouncement = true;
    this.#report(this.#recordWithStatus(this.#announced.status), 'stream', true);
    return true;
  }

  #readStatus(frame: Frame): FrameMeaning {
    const parsed = statusFrameSchema.safeParse(parseJson(frame.data));
    if (!parsed.success) return { kind: 'unreadable', subject: 'a status' };
    const { status } = parsed.data;
    if (isTerminal(status)) {
      this.#announced = { status, at: this.#announced?.at ?? performance.now() };
    } else if (this.#announced === undefined) {
      this.#report(this.#recordWithStatus(status), 'stream');
    }
    return { kind: 'status' };
  }

  #readResult(frame: Frame): FrameMeaning {
    const parsed = resultFrameSchema.safeParse(parseJson(frame.data));
    if (!parsed.success) return { kind: 'unreadable', subject: 'the result' };
    const { text, ...rest } = parsed.data;
    const ending = text === undefined ? rest : { ...rest, result: text };
    const isNew = !this.#hasResult && isTerminal(ending.status);
    this.#hasResult ||= isNew;
    this.#report(toTurnRecord(this.#threadId, this.#turnId, ending), 'stream');
    return { kind: 'result', isNew };
  }

  #report(record: TurnRecord, source: 'stream' | 'record', isUnconfirmed = false): void {
    const isEnd = isTerminal(record.status);
    if (this.#isTerminal) {
      if (isEnd) this.#status ??= record.status;
      return;
    }
    this.#isTerminal = isEnd;
    this.#status = record.status;
    this.#observer.onFact({ record, source, ...(isUnconfirmed ? { isUnconfirmed } : {}) });
  }

  #recordWithStatus(status: TurnRecord['status']): TurnRecord {
    return { threadId: this.#threadId, turnId: this.#turnId, status, branches: [] };
  }
}
