import type { TurnSink } from '../adapter.ts';

type StreamedMessage = {
  readonly id: string;
  readonly after: number;
  readonly kinds: Set<'text' | 'thinking'>;
  isComplete: boolean;
};

/**
 * Tracks which streamed items are provisional. The pieces of a message count once it is complete; if its stream is cut,
 * Claude Code asks again and the next answer starts from the beginning.
 */
export class StreamedMessages {
  readonly #sink: Pick<TurnSink, 'mark' | 'retract'>;
  /** Positions of messages, by the ids of the SDK. */
  readonly #ranges = new Map<string, { readonly after: number; readonly upTo: number }>();
  #current: StreamedMessage | null = null;

  constructor(sink: Pick<TurnSink, 'mark' | 'retract'>) {
    this.#sink = sink;
  }

  /** A message starts to stream. */
  begin(id: string): void {
    this.discard();
    this.#current = { id, after: this.#sink.mark(), kinds: new Set(), isComplete: false };
  }

  /** A piece of this kind was added. */
  addPiece(kind: 'text' | 'thinking'): void {
    this.#current?.kinds.add(kind);
  }

  /** Whether the current message has pieces of this kind. */
  hasPieces(kind: 'text' | 'thinking'): boolean {
    return this.#current?.kinds.has(kind) ?? false;
  }

  /** The current message is complete. */
  complete(): void {
    if (this.#current !== null) this.#current.isComplete = true;
  }

  /** Retracts the current message, unless it is complete. */
  discard(): void {
    const current = this.#current;
    this.#current = null;
    if (current === null || current.isComplete) return;
    this.#sink.retract(current.after, this.#sink.mark());
  }

  /** Adds a block of a complete message. Returns whether it is the message that was streamed. */
  addBlock(id: string, uuid: string | undefined): boolean {
    const isCurrent = this.#current?.id === id;
    if (!isCurrent) {
      this.begin(id);
      this.complete();
    }
    const after = this.#current?.after ?? this.#sink.mark();
    // A block that was not streamed becomes one item.
    const upTo = this.#sink.mark() + (isCurrent ? 0 : 1);
    if (uuid !== undefined) this.#ranges.set(uuid, { after, upTo });
    return isCurrent;
  }

  /** Retracts messages that were replaced by another one. */
  retract(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      const range = this.#ranges.get(uuid);
      if (range !== undefined) this.#sink.retract(range.after, range.upTo);
    }
  }
}
