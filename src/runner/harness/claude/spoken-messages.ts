import type { TurnSink } from '../adapter.ts';

type Spoken = {
  readonly id: string;
  readonly after: number;
  readonly kinds: Set<'text' | 'thinking'>;
  isWhole: boolean;
};

/**
 * Knows which of what was said is provisional. Pieces of a message count once the message is there as a whole; when its
 * stream is cut, Claude Code asks again, and the next answer begins from its first word.
 */
export class SpokenMessages {
  readonly #sink: Pick<TurnSink, 'mark' | 'retract'>;
  /** Where messages stand, by the names that the SDK gives them. */
  readonly #places = new Map<string, { readonly after: number; readonly upTo: number }>();
  #current: Spoken | null = null;

  constructor(sink: Pick<TurnSink, 'mark' | 'retract'>) {
    this.#sink = sink;
  }

  /** A message begins to be streamed. */
  begin(id: string): void {
    this.breakOff();
    this.#current = { id, after: this.#sink.mark(), kinds: new Set(), isWhole: false };
  }

  /** Pieces of this kind are told. */
  note(kind: 'text' | 'thinking'): void {
    this.#current?.kinds.add(kind);
  }

  /** Whether pieces of this kind were told of the current message. */
  has(kind: 'text' | 'thinking'): boolean {
    return this.#current?.kinds.has(kind) ?? false;
  }

  /** The message is there as a whole. */
  end(): void {
    if (this.#current !== null) this.#current.isWhole = true;
  }

  /** The current message will not be completed: what was told of it does not count. */
  breakOff(): void {
    const current = this.#current;
    this.#current = null;
    if (current === null || current.isWhole) return;
    this.#sink.retract(current.after, this.#sink.mark());
  }

  /** A block of a whole message. Returns whether the message is the one that was streamed. */
  take(id: string, uuid: string | undefined): boolean {
    const isCurrent = this.#current?.id === id;
    if (!isCurrent) {
      this.begin(id);
      this.end();
    }
    const after = this.#current?.after ?? this.#sink.mark();
    // One that was not streamed becomes one item yet.
    const upTo = this.#sink.mark() + (isCurrent ? 0 : 1);
    if (uuid !== undefined) this.#places.set(uuid, { after, upTo });
    return isCurrent;
  }

  /** Messages that another one replaces. */
  retract(uuids: readonly string[]): void {
    for (const uuid of uuids) {
      const place = this.#places.get(uuid);
      if (place !== undefined) this.#sink.retract(place.after, place.upTo);
    }
  }
}
