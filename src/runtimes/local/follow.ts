import { fullJitter } from '../../lib/backoff.ts';
import type { RawItem } from '../../transcript/item.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../turn-reading.ts';
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
/** A runner that says nothing for so long is not there, or stands still. */
const SILENCE_MS = 3 * HEARTBEAT_EVERY_MS;
const SILENT =
  'Nothing was received from the process that runs local agents, for example because this machine was asleep.';
const TELL_LIFE_EVERY_MS = 10_000;

/**
 * Follows one turn of the runner to its end. When the runner ends in the middle it is started again, and reading goes
 * on behind the last item that was handed over.
 */
export class TurnReading {
  readonly #client: Pick<RunnerClient, 'items'>;
  readonly #system: FollowSystem;
  readonly #request: FollowRequest;
  readonly #observer: FollowObserver;
  #cursor: number;
  #failures = 0;
  #toldLifeAt = Number.NEGATIVE_INFINITY;

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

  /** One connection. Null: it was cut, or never came about. */
  async #connect(): Promise<FollowEnd | null> {
    const { threadId, turnId, signal } = this.#request;
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    const answer = await this.#client.items(threadId, turnId, this.#cursor, both);
    if (!answer.ok) return this.#refused(answer.error);
    this.#observer.onConnection('live');
    const watch = setInterval(() => silence.abort(), SILENCE_MS);
    try {
      for await (const lines of batchesOf(answer.value)) {
        watch.refresh();
        this.#noteLife();
        if (this.#take(lines)) return { kind: 'complete' };
      }
      this.#lost('The process that runs local agents closed the connection.');
    } catch (error) {
      // What an aborted request says of itself tells nobody anything.
      const said = error instanceof Error ? error.message : String(error);
      if (!signal.aborted) this.#lost(silence.signal.aborted ? SILENT : said);
    } finally {
      clearInterval(watch);
    }
    return null;
  }

  #refused(error: Parameters<typeof toProviderError>[0]): FollowEnd | null {
    if (error.code === 'not_found') return { kind: 'blocked', error: toProviderError(error) };
    this.#lost(error.message);
    return null;
  }

  #lost(reason: string): void {
    // Once may be a restart of the runner; again, and nobody knows how its agents are.
    this.#observer.onConnection(this.#failures === 0 ? 'reconnecting' : 'unknown', reason);
  }

  /** Whether everything of the turn was read. */
  #take(lines: readonly FollowLine[]): boolean {
    this.#failures = 0;
    let items: RawItem[] = [];
    const handOver = () => {
      if (items.length > 0) this.#observer.onItems({ items, cursor: String(this.#cursor) });
      items = [];
    };
    for (const line of lines) {
      if ('item' in line) {
        items.push(line.item);
        this.#cursor = line.seq;
      }
      if ('request' in line) {
        handOver();
        this.#observer.onRequest?.(line.request);
        this.#cursor = Math.max(this.#cursor, line.seq);
      }
      if ('requestEnded' in line) {
        handOver();
        this.#observer.onRequestEnded?.(line.requestEnded);
        this.#cursor = Math.max(this.#cursor, line.seq);
      }
      if ('fact' in line) {
        handOver();
        this.#observer.onFact({ record: toTurnRecord(line.fact), source: 'stream' });
      }
      if ('end' in line) {
        handOver();
        return true;
      }
    }
    handOver();
    return false;
  }

  #noteLife(): void {
    const now = this.#system.now();
    if (now - this.#toldLifeAt < TELL_LIFE_EVERY_MS) return;
    this.#toldLifeAt = now;
    this.#observer.onHeartbeat?.();
  }
}

/**
 * The whole lines of each piece that arrives; what is cut off waits for the next one.
 * @throws when a line cannot be read: it is asked for again
 */
async function* batchesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly FollowLine[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = pieces.pop() ?? '';
    if (pieces.length > 0) yield pieces.map((text) => followLineSchema.parse(JSON.parse(text)));
  }
}
