/** Wakes the readers of a run's stream when something was added to it. */
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

  wake(runId: string): void {
    for (const listener of this.#listeners.get(runId) ?? []) listener();
  }

  wakeAll(): void {
    for (const runId of this.#listeners.keys()) this.wake(runId);
  }
}
