/** Puts the client's messages in order: up to sixteen are in progress at once, each on a socket of its own. */
export class MessageSequencer<Message> {
  readonly #waiting = new Map<number, Message>();
  #next = 0;

  /** What can be read now; nothing while an earlier message is missing, and nothing for one that came before. */
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
