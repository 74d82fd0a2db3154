/** Keeps the beginning and the end of a command's output, for the model. */
export class ClippedOutput {
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
    const omittedLength = this.#length - this.#beginning.length - this.#end.length;
    return omittedLength === 0
      ? this.#beginning + this.#end
      : `${this.#beginning}\n… ${omittedLength} characters omitted …\n${this.#end}`;
  }

  add(text: string): void {
    this.#length += text.length;
    const half = this.#maxLength / 2;
    const room = Math.max(0, half - this.#beginning.length);
    this.#beginning += text.slice(0, room);
    this.#end = (this.#end + text.slice(room)).slice(-half);
  }
}
