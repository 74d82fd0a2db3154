import { FrameItems } from '../../src/runtimes/cursor-cloud/stream/items.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../../src/runtimes/follow-types.ts';
import type { Runtime } from '../../src/runtimes/port.ts';
import type { TurnRecord } from '../../src/runtimes/turn-records.ts';
import { isTerminal } from '../../src/runtimes/turn-records.ts';
import type { Network } from './network.ts';
import type { TrueAgent, TrueRun } from './truth.ts';

/** One following of a run: connects, is cut off, repeats frames, and ends only as the port says. */
export class Reading {
  readonly #network: Network;
  readonly #wanted: FollowRequest;
  readonly #observer: FollowObserver;
  readonly #readTurn: Runtime['readTurn'];
  readonly #items = new FrameItems();
  #cursor: string | undefined;
  #round = new AbortController();
  #hasEnded: boolean;
  #hasExpired = false;
  #connection: string | null = null;

  constructor(
    network: Network,
    wanted: FollowRequest,
    observer: FollowObserver,
    readTurn: Runtime['readTurn'],
  ) {
    this.#network = network;
    this.#wanted = wanted;
    this.#observer = observer;
    this.#readTurn = readTurn;
    this.#cursor = wanted.cursor;
    this.#hasEnded = wanted.hasEnded;
  }

  /** Drops the connection, or the wait, of this moment. */
  wake(): void {
    this.#round.abort();
  }

  async run(): Promise<FollowEnd> {
    const { faultProfile } = this.#network;
    while (!this.#wanted.signal.aborted) {
      this.#round = new AbortController();
      const end = await this.#visit();
      if (end !== null) return this.#leave(end);
      if (this.#wanted.signal.aborted) break;
      this.#announce('reconnecting', 'The connection was lost');
      await this.#pause(faultProfile.latencyMs());
    }
    return this.#leave({ kind: 'aborted' });
  }

  #leave(end: FollowEnd): FollowEnd {
    this.#network.onLive(this.#wanted.turnId, false);
    return end;
  }

  /** One connection; null = it broke, connect again. */
  async #visit(): Promise<FollowEnd | null> {
    const answer = await this.#readTurn(this.#wanted.threadId, this.#wanted.turnId);
    if (this.#wanted.signal.aborted) return null;
    if (!answer.ok) {
      const { error } = answer;
      if (error.code === 'unauthorized' || error.code === 'not_found')
        return { kind: 'blocked', error };
      this.#announce('unknown', error.message);
      await this.#pause(error.retryAfterMs ?? 20_000);
      return null;
    }
    const run = this.#run();
    if (run === undefined) return null;
    this.#resync(answer.value);
    if (this.#hasExpired || !run.hasResultFrame) this.#tell(answer.value, 'record');
    if (this.#hasExpired) return this.#watchRecord();
    this.#announce('live');
    return this.#read(run);
  }

  /** Cursor may refuse the position to continue from. */
  #resync({ status }: TurnRecord): void {
    const reason = this.#cursor === undefined ? null : this.#network.faultProfile.gap();
    if (reason === null) return;
    this.#cursor = undefined;
    this.#hasExpired = reason === 'stream_expired';
    this.#observer.onGap({ reason, detail: 'The position is too old.', turnStatus: status });
  }

  async #watchRecord(): Promise<FollowEnd | null> {
    if (this.#hasEnded) return { kind: 'incomplete' };
    await this.#pause(30_000);
    return null;
  }

  /** Passes frames on in small batches as they come, until the end or until the connection breaks. */
  async #read(run: TrueRun): Promise<FollowEnd | null> {
    const { scheduler, faultProfile } = this.#network;
    const brokenAt = scheduler.now + faultProfile.cutAfterMs();
    let next = this.#cursor === undefined ? 0 : afterId(run, this.#cursor);
    while (scheduler.now < brokenAt && !this.#isInterrupted) {
      const batch = run.frames
        .slice(next, next + faultProfile.batchSize())
        .filter(({ at }) => at <= scheduler.now);
      if (batch.length === 0) {
        const isOver = next >= run.frames.length && scheduler.now >= run.endsAt;
        if (isOver) return run.hasResultFrame ? { kind: 'complete' } : this.#concludeByRecord();
        const nextAt = run.frames[next]?.at ?? run.endsAt;
        await this.#pause(Math.min(nextAt, brokenAt, scheduler.now + 60_000) - scheduler.now + 20);
        continue;
      }
      next += batch.length;
      this.#pass(run, batch, next);
      if (batch.at(-1)?.event === 'done') return { kind: 'complete' };
      await this.#pause(faultProfile.latencyMs());
    }
    return null;
  }

  #pass(run: TrueRun, batch: TrueRun['frames'], next: number): void {
    // Only what lies before a whole pair may be stored: a twin with the same id may still be to come.
    const whole = run.frames
      .slice(0, next)
      .findLast(({ id }, index) => run.frames[index + 1]?.id !== id);
    this.#cursor = whole?.id ?? this.#cursor;
    const items = batch.flatMap((frame) => this.#items.read(frame) ?? []);
    const cursor = this.#cursor;
    this.#observer.onItems(cursor === undefined ? { items } : { items, cursor });
    const agent = this.#agent();
    if (agent !== undefined && batch.some(({ event }) => event === 'result')) {
      this.#tell(this.#network.cursor.record(agent, run, 0), 'stream');
    }
  }

  async #concludeByRecord(): Promise<FollowEnd | null> {
    if (!this.#hasEnded) {
      this.#announce('reconnecting', 'The stream ended without a result');
      await this.#pause(1_000);
      return null;
    }
    const detail = 'The rest cannot be had.';
    this.#observer.onGap({ reason: 'unavailable', detail });
    return { kind: 'incomplete' };
  }

  #tell(record: TurnRecord, source: 'stream' | 'record'): void {
    if (this.#hasEnded) return;
    this.#hasEnded = isTerminal(record.status);
    this.#observer.onFact({ record, source });
  }

  #announce(connection: 'live' | 'reconnecting' | 'unknown', reason?: string): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    this.#network.onLive(this.#wanted.turnId, connection === 'live');
    this.#observer.onConnection(connection, reason);
  }

  get #isInterrupted(): boolean {
    return this.#round.signal.aborted || this.#wanted.signal.aborted;
  }

  #pause(milliseconds: number): Promise<void> {
    const signal = AbortSignal.any([this.#round.signal, this.#wanted.signal]);
    return this.#network.process.sleep(milliseconds, signal);
  }

  #agent(): TrueAgent | undefined {
    return this.#network.cursor.agents.get(this.#wanted.threadId);
  }

  #run(): TrueRun | undefined {
    return this.#agent()?.runs.find(({ id }) => id === this.#wanted.turnId);
  }
}

/** Reading continues strictly after the id that is given. */
function afterId(run: TrueRun, cursor: string): number {
  return run.frames.findLastIndex(({ id }) => id === cursor) + 1;
}
