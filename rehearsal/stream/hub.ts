/** Notifies the readers of a run's stream about new frames. */
export class StreamHub {
  readonly #listeners = new Map<string, Set<() => void>>();

  subscribe(runId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set();
    listeners.add(listener);
    this.#listeners.set(runId, listeners);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(runId);
    };
  }

  notify(runId: string): void {
    for (const listener of this.#listeners.get(runId) ?? []) listener();
  }
}
