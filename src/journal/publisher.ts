import type { StoredEvent } from './types.ts';

type Listener = (events: readonly StoredEvent[]) => void;

/**
 * Notifies listeners of what was committed, in order. A listener may append: what it commits is published after the
 * current batch has reached every listener, never in the middle of it.
 */
export class Publisher {
  readonly #listeners = new Set<Listener>();
  readonly #waiting: (readonly StoredEvent[])[] = [];
  #isPublishing = false;

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: Listener): () => void {
    // A wrapper of its own, so that the same function can be subscribed twice.
    const entry: Listener = (events) => listener(events);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  publish(events: readonly StoredEvent[]): void {
    if (events.length === 0) return;
    this.#waiting.push(events);
    if (this.#isPublishing) return;
    this.#isPublishing = true;
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) {
      for (const listener of [...this.#listeners]) notify(listener, batch);
    }
    this.#isPublishing = false;
  }
}

const notify = (listener: Listener, events: readonly StoredEvent[]): void => {
  try {
    listener(events);
  } catch (error) {
    // An error of one listener must not affect the others, or look like a failed append.
    queueMicrotask(() => {
      throw error;
    });
  }
};
