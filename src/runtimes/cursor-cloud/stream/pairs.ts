import type { Frame } from './frame.ts';

/**
 * Finds the cursor that may be stored. Cursor resumes strictly after the id that it is given, and one id can
 * stand on two frames: a simplified frame (`assistant`, `thinking`, `tool_call`) comes first, its
 * `interaction_update` twin second; `result` and `done` share one too. So an id may be stored only when
 * nothing with that id is still to come:
 *  - its twin has been read (there is never a second one), or
 *  - a frame with another id has been read, or
 *  - it is the end. After `result` the cursor stands still until `done`: anyone who stops in between reads the
 *    result again, which is harmless, instead of never.
 * A `done` without a result ends the connection, not the run: Cursor sends one after `stream_unavailable`, even
 * between a frame and its twin.
 */
export class PairTracker {
  #complete: string | undefined;
  #open: string | undefined;
  #isHeldByResult = false;

  constructor(cursor?: string) {
    this.#complete = cursor;
  }

  /** The newest id that may be stored; undefined = from the beginning. */
  get cursor(): string | undefined {
    return this.#complete;
  }

  read(frame: Frame): void {
    if (frame.event === 'done') {
      if (!this.#isHeldByResult) return;
      this.#complete = frame.id ?? this.#open ?? this.#complete;
      this.#isHeldByResult = false;
      return;
    }
    if (frame.id === undefined) return;
    if (this.#isHeldByResult) {
      this.#open = frame.id;
      return;
    }
    if (this.#open !== undefined && this.#open !== frame.id) this.#complete = this.#open;
    this.#open = frame.id;
    if (frame.event === 'interaction_update') this.#complete = frame.id;
    if (frame.event === 'result') this.#isHeldByResult = true;
  }
}
