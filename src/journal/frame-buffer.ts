import type { CursorRunId } from '../session/ids.ts';
import type { BufferedFrames } from './types.ts';

export type Batch = BufferedFrames & { readonly at: number };

/** How much may wait while the disk refuses. On a healthy disk the buffer never comes near. */
export type BufferLimits = { readonly frames: number; readonly characters: number };
export const BUFFER_LIMITS: BufferLimits = { frames: 20_000, characters: 64 * 1024 * 1024 };

/** Frames that are not on disk yet, in the order in which they came. */
export class FrameBuffer {
  readonly #limits: BufferLimits;
  readonly #refusedRuns = new Set<CursorRunId>();
  readonly #signs = new Map<CursorRunId, number>();
  #batches: Batch[] = [];
  #frames = 0;
  #characters = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  get batches(): readonly Batch[] {
    return this.#batches;
  }

  get signs(): ReadonlyMap<CursorRunId, number> {
    return this.#signs;
  }

  get frameCount(): number {
    return this.#frames;
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0 && this.#signs.size === 0;
  }

  /** Takes a batch, or refuses it and all later ones of its run: a cursor may not pass over a refused frame. */
  offer(batch: Batch): boolean {
    if (this.#refusedRuns.has(batch.cursorRunId)) return false;
    if (this.#frames >= this.#limits.frames || this.#characters >= this.#limits.characters) {
      this.#refusedRuns.add(batch.cursorRunId);
      return false;
    }
    this.#batches.push(batch);
    this.#frames += batch.frames.length;
    for (const { data } of batch.frames) this.#characters += data.length;
    return true;
  }

  /** The run is read again from its stored cursor: whatever was refused comes once more. */
  readmit(run: CursorRunId): void {
    this.#refusedRuns.delete(run);
  }

  noteSign(run: CursorRunId, at: number): void {
    this.#signs.set(run, Math.max(this.#signs.get(run) ?? 0, at));
  }

  clear(): void {
    this.#batches = [];
    this.#signs.clear();
    this.#frames = 0;
    this.#characters = 0;
  }
}
