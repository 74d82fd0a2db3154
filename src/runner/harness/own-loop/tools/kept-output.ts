/** What a command printed, as the model is told: its beginning and its end, which say the most. */
export class KeptOutput {
  readonly #maxLength: number;
  #beginning = '';
  #end = '';
  #length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  get length(): number {
    return this.#length;
  }

  get text(): string {
    const leftOut = this.#length - this.#beginning.length - this.#end.length;
    return leftOut === 0
      ? this.#beginning + this.#end
      : `${this.#beginning}\n… ${leftOut} characters omitted …\n${this.#end}`;
  }

  add(text: string): void {
    this.#length += text.length;
    const half = this.#maxLength / 2;
    const room = Math.max(0, half - this.#beginning.length);
    this.#beginning += text.slice(0, room);
    this.#end = (this.#end + text.slice(room)).slice(-half);
  }
}
