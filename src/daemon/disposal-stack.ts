type Dispose = () => unknown;

/** What has to be undone, the last one first. The platform's `AsyncDisposableStack`, which Node 22 does not have. */
export class DisposalStack implements AsyncDisposable {
  #disposals: Dispose[] = [];

  /** Remembers how a part is stopped. */
  defer(dispose: Dispose): void {
    this.#disposals.push(dispose);
  }

  /** Everything remembered so far, out of reach of the `using` that holds this stack. */
  move(): DisposalStack {
    const moved = new DisposalStack();
    moved.#disposals = this.#disposals;
    this.#disposals = [];
    return moved;
  }

  /** Stops every part, also after one that failed. @throws what failed: the error itself, or all of them. */
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
