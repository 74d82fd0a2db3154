import type { AgentClientMessage } from '../proto/stream_pb.ts';
import { MessageSequencer } from '../wire/message-sequencer.ts';

type Listener = (message: AgentClientMessage) => void;

const maxClosed = 1_000;
const unclaimedMs = 60_000;

class Exchange {
  readonly #order = new MessageSequencer<AgentClientMessage>();
  readonly #unread: AgentClientMessage[] = [];
  #listener: Listener | undefined;

  get isClaimed(): boolean {
    return this.#listener !== undefined;
  }

  add(number: number, message: AgentClientMessage): void {
    for (const next of this.#order.accept(number, message)) {
      if (this.#listener === undefined) this.#unread.push(next);
      else this.#listener(next);
    }
  }

  subscribe(listener: Listener): void {
    this.#listener = listener;
    for (const message of this.#unread.splice(0)) listener(message);
  }
}

/**
 * Connects the stream of an attempt at a turn with the requests that carry the client's messages. Either can arrive
 * first (observed: in one of three attempts, the first message arrives before the request for the stream).
 */
export class ExchangeRegistry {
  readonly #exchanges = new Map<string, Exchange>();
  /** Ids of recently ended streams, to which the client may still send messages. */
  readonly #closed = new Set<string>();

  /** Number of open streams. */
  get openStreams(): number {
    return [...this.#exchanges.values()].filter(({ isClaimed }) => isClaimed).length;
  }

  append(requestId: string, number: number, message: AgentClientMessage): void {
    if (this.#closed.has(requestId)) return;
    this.#of(requestId).add(number, message);
  }

  /** Delivers all messages received so far and all later ones. */
  subscribe(requestId: string, listener: Listener): void {
    this.#of(requestId).subscribe(listener);
  }

  close(requestId: string): void {
    this.#exchanges.delete(requestId);
    this.#closed.add(requestId);
    const oldest = this.#closed.values().next().value;
    if (this.#closed.size > maxClosed && oldest !== undefined) this.#closed.delete(oldest);
  }

  #of(requestId: string): Exchange {
    const known = this.#exchanges.get(requestId);
    if (known !== undefined) return known;
    const exchange = new Exchange();
    this.#exchanges.set(requestId, exchange);
    // Messages without a stream are discarded after a while.
    setTimeout(() => {
      if (!exchange.isClaimed) this.#exchanges.delete(requestId);
    }, unclaimedMs).unref();
    return exchange;
  }
}
