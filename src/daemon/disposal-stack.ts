type Dispose = () => unknown;

/** Runs disposal callbacks in reverse order, like `AsyncDisposableStack`, which Node 22 does not have. */
export class DisposalStack implements AsyncDisposable {
  #disposals: Dispose[] = [];

  /** Registers a callback that stops a part. */
  defer(dispose: Dispose): void {
    this.#disposals.push(dispose);
  }

  /** Moves all callbacks to a new stack, so that disposing of this one does nothing. */
  move(): DisposalStack {
    const moved = new DisposalStack();
    moved.#disposals = this.#disposals;
    this.#disposals = [];
    return moved;
  }

  /** Runs all callbacks, even if some fail. @throws the error, or an AggregateError with all of them */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.#disposals.pop(); next !== undefined; next = this.#disposals.pop()) {
      try {
        await next();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length === 1) throw failures[0];
    if (failures.length > 1)
      throw new AggregateError(failures, 'Several parts could not be stopped');
  }
}
