import type { Frame } from './frame.ts';

/**
 * Finds the cursor that may be stored. Cursor resumes strictly after the id that it is given, and one id can
 * stand on two frames: a simplified frame (`assistant`, `thinking`, `tool_call`) comes first, its
 * `interaction_update` twin second; `result` and `done` share one too. So an id may be stored only when
 * nothing with that id is still to come:
 *  - its twin has been read (there is never a second one), or
 *  - a frame with another id has been read.
 * The cursor never moves to the id of the `result`: a stream that is resumed from there has nothing left to send, not
 * even `done`, so it could never be told from one whose end was lost. Anyone who stops after the result reads it
 * again, which is harmless.
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
    if (frame.id === undefined || frame.event === 'done' || this.#isHeldByResult) return;
    if (this.#open !== undefined && this.#open !== frame.id) this.#complete = this.#open;
    this.#open = frame.id;
    if (frame.event === 'interaction_update') this.#complete = frame.id;
    if (frame.event === 'result') this.#isHeldByResult = true;
  }
}
