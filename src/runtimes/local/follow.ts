import { fullJitter } from '../../lib/backoff.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../follow-types.ts';
import type { RunnerClient } from './client.ts';
import { type FollowLine, followLineSchema, HEARTBEAT_EVERY_MS } from './protocol.ts';
import { toProviderError, toTurnRecord } from './records.ts';

export type FollowSystem = {
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves early by the signal; never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

const BACKOFF = { baseMs: 500, capMs: 15_000 };
/** A runner that sends nothing for this long is gone or suspended. */
const SILENCE_TIMEOUT_MS = 3 * HEARTBEAT_EVERY_MS;
const SILENCE_REASON =
  'Nothing was received from the process that runs local agents, for example because this machine was asleep.';
const HEARTBEAT_INTERVAL_MS = 10_000;

/**
 * Follows a turn of the runner to its end. If the runner ends before that, it is started again, and reading continues
 * after the last item that was passed to the observer.
 */
export class TurnFollower {
  readonly #client: Pick<RunnerClient, 'items'>;
  readonly #system: FollowSystem;
  readonly #request: FollowRequest;
  readonly #observer: FollowObserver;
  #cursor: number;
  #failures = 0;
  /** Why the runner cannot record anything new. */
  #trouble: string | undefined;
  #lastHeartbeatAt = Number.NEGATIVE_INFINITY;

  constructor(
    client: Pick<RunnerClient, 'items'>,
    system: FollowSystem,
    request: FollowRequest,
    observer: FollowObserver,
  ) {
    this.#client = client;
    this.#system = system;
    this.#request = request;
    this.#observer = observer;
    this.#cursor = Number(request.cursor ?? 0) || 0;
  }

  async run(): Promise<FollowEnd> {
    const { signal } = this.#request;
    for (;;) {
      const end = await this.#connect();
      if (signal.aborted) return { kind: 'aborted' };
      if (end !== null) return end;
      this.#failures += 1;
      await this.#system.sleep(fullJitter(BACKOFF, this.#failures, this.#system.random), signal);
      if (signal.aborted) return { kind: 'aborted' };
    }
  }

  /** Reads one connection. Null if it was interrupted or could not be opened. */
  async #connect(): Promise<FollowEnd | null> {
    const { threadId, turnId, signal } = this.#request;
    const silence = new AbortController();
    const abort = AbortSignal.any([signal, silence.signal]);
    const result = await this.#client.items(threadId, turnId, this.#cursor, abort);
    if (!result.ok) return this.#afterRefusal(result.error);
    this.#trouble = undefined;
    this.#observer.onConnection('live');
    const silenceTimer = setInterval(() => silence.abort(), SILENCE_TIMEOUT_MS);
    try {
      for await (const lines of batchesOf(result.value)) {
        silenceTimer.refresh();
        this.#reportHeartbeat();
        if (this.#process(lines)) return { kind: 'complete' };
      }
      this.#reportLoss('The process that runs local agents closed the connection.');
    } catch (error) {
      // The message of an aborted request means nothing to users.
      const message = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) this.#reportLoss(silence.signal.aborted ? SILENCE_REASON : message);
    } finally {
      clearInterval(silenceTimer);
    }
    return null;
  }

  #afterRefusal(error: Parameters<typeof toProviderError>[0]): FollowEnd | null {
    if (error.code === 'not_found') return { kind: 'blocked', error: toProviderError(error) };
    this.#reportLoss(error.message);
    return null;
  }

  #reportLoss(reason: string): void {
    // The first failure may be a restart of the runner; after repeated ones the state of its agents is unknown.
    this.#observer.onConnection(this.#failures === 0 ? 'reconnecting' : 'unknown', reason);
  }

  /** Processes a batch of lines; true if it contains the end of the turn. */
  #process(lines: readonly FollowLine[]): boolean {
    this.#failures = 0;
    let items: RawItem[] = [];
    const flushItems = () => {
      if (items.length > 0) this.#observer.onItems({ items, cursor: String(this.#cursor) });
      items = [];
    };
    for (const line of lines) {
      if ('item' in line) {
        this.#reportTrouble(undefined);
        items.push(line.item);
        this.#cursor = line.seq;
      }
      if ('request' in line) {
        flushItems();
        this.#observer.onRequest?.(line.request);
        this.#cursor = Math.max(this.#cursor, line.seq);
      }
      if ('requestEnded' in line) {
        flushItems();
        this.#observer.onRequestEnded?.(line.requestEnded);
        this.#cursor = Math.max(this.#cursor, line.seq);
      }
      if ('fact' in line) {
        flushItems();
        this.#observer.onFact({ record: toTurnRecord(line.fact), source: 'stream' });
      }
      if ('heartbeat' in line) this.#reportTrouble(line.trouble);
      if ('end' in line) {
        flushItems();
        return true;
      }
    }
    flushItems();
    return false;
  }

  #reportTrouble(trouble: string | undefined): void {
    if (trouble === this.#trouble) return;
    this.#trouble = trouble;
    this.#observer.onConnection('live', trouble);
  }

  #reportHeartbeat(): void {
    const now = this.#system.now();
    if (now - this.#lastHeartbeatAt < HEARTBEAT_INTERVAL_MS) return;
    this.#lastHeartbeatAt = now;
    this.#observer.onHeartbeat?.();
  }
}

/**
 * The complete lines of each chunk; an incomplete line waits for the next chunk.
 * @throws if a line cannot be parsed, so that the connection is opened again
 */
async function* batchesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly FollowLine[]> {
  const decoder = new TextDecoder();
  let remainder = '';
  for await (const chunk of bytes) {
    const pieces = (remainder + decoder.decode(chunk, { stream: true })).split('\n');
    remainder = pieces.pop() ?? '';
    if (pieces.length > 0) yield pieces.map((text) => followLineSchema.parse(JSON.parse(text)));
  }
}
