import type { TurnId } from '../session/ids.ts';
import type { BufferedItems } from './types.ts';

export type Batch = BufferedItems & { readonly at: number };

/** The maximum size of the buffer, which is reached only while writing fails. */
export type BufferLimits = { readonly items: number; readonly characters: number };
export const BUFFER_LIMITS: BufferLimits = { items: 20_000, characters: 64 * 1024 * 1024 };

/** Items that are not on disk yet, in order of arrival. */
export class ItemBuffer {
  readonly #limits: BufferLimits;
  readonly #refusedRuns = new Set<TurnId>();
  readonly #heartbeats = new Map<TurnId, number>();
  #batches: Batch[] = [];
  #items = 0;
  #characters = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  get batches(): readonly Batch[] {
    return this.#batches;
  }

  get heartbeats(): ReadonlyMap<TurnId, number> {
    return this.#heartbeats;
  }

  get itemCount(): number {
    return this.#items;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0 && this.#heartbeats.size === 0;
  }

  /** Accepts a batch, or rejects it with all later ones of its turn, because a cursor must not pass a rejected item. */
  offer(batch: Batch): boolean {
    if (this.#refusedRuns.has(batch.turnId)) return false;
    if (this.#items >= this.#limits.items || this.#characters >= this.#limits.characters) {
      this.#refusedRuns.add(batch.turnId);
      return false;
    }
    this.#batches.push(batch);
    this.#items += batch.items.length;
    for (const { dataText } of batch.items) this.#characters += dataText.length;
    return true;
  }

  /** Accepts batches of a turn again. It is read from its stored cursor, so that rejected items arrive again. */
  readmit(run: TurnId): void {
    this.#refusedRuns.delete(run);
  }

  recordHeartbeat(run: TurnId, at: number): void {
    this.#heartbeats.set(run, Math.max(this.#heartbeats.get(run) ?? 0, at));
  }

  clear(): void {
    this.#batches = [];
    this.#heartbeats.clear();
    this.#items = 0;
    this.#characters = 0;
  }
}
