/** Puts the client's messages in order. The client sends up to sixteen at the same time, each on its own socket. */
export class MessageSequencer<Message> {
  readonly #waiting = new Map<number, Message>();
  #next = 0;

  /**
   * Returns the messages that are now in order: none while an earlier message is missing, none for a repeated message.
   */
  accept(number: number, message: Message): readonly Message[] {
    if (number >= this.#next) this.#waiting.set(number, message);
    const ready: Message[] = [];
    for (;;) {
      const next = this.#waiting.get(this.#next);
      if (next === undefined) return ready;
      this.#waiting.delete(this.#next);
      this.#next += 1;
      ready.push(next);
    }
  }
}
