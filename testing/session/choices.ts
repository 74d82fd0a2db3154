/** Decisions for a random history, taken from numbers of fast-check, so that a failure can be shrunk. */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get isExhausted(): boolean {
    return this.#next >= this.#numbers.length;
  }

  /** An integer from 0 to `limit` - 1; 0 once the numbers are used up. */
  below(limit: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % limit;
  }

  isOneIn(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** The first option should be the success case: shrinking leads to it. */
  pick<const Option>(first: Option, ...others: readonly Option[]): Option {
    return others[this.below(others.length + 1) - 1] ?? first;
  }

  from<Option>(options: readonly Option[]): Option | undefined {
    return options.length === 0 ? undefined : options[this.below(options.length)];
  }
}
