/** Decisions for a random history, taken from numbers that fast-check made, so that a failure can be shrunk. */
export class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get isExhausted(): boolean {
    return this.#next >= this.#numbers.length;
  }

  /** A whole number from 0 to below `limit`; 0 once the numbers are used up. */
  below(limit: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % limit;
  }

  isOneIn(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** The first is what happens when all goes well: shrinking leads there. */
  pick<const Option>(first: Option, ...others: readonly Option[]): Option {
    return others[this.below(others.length + 1) - 1] ?? first;
  }

  from<Option>(options: readonly Option[]): Option | undefined {
    return options.length === 0 ? undefined : options[this.below(options.length)];
  }
}
