import type { Frame } from './frame.ts';

/**
 * Determines the cursor that may be stored. Cursor resumes strictly after a given id, and two frames can have the same id:
 * a simplified frame (`assistant`, `thinking`, `tool_call`) comes first, its `interaction_update` twin second; `result`
 * and `done` share one too. So an id may be stored only if no further frame with it can follow:
 *  - its twin has been read (there is never a second one), or
 *  - a frame with another id has been read.
 * The cursor never moves to the id of the `result`: a stream that is resumed from there sends nothing, not even `done`, so
 * it could not be distinguished from one whose end was lost. Reading the result again is harmless.
 */
export class CursorTracker {
  #complete: string | undefined;
  #open: string | undefined;
  #isHeldByResult = false;

  constructor(cursor?: string) {
    this.#complete = cursor;
  }

  /** The newest id that may be stored; undefined means the beginning of the stream. */
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
