/** Where something happens: out in the world, or on the person's machine, which can be asleep. */
export type Place = 'world' | 'machine';
type Entry = {
  due: number;
  readonly order: number;
  readonly place: Place;
  readonly run: () => void;
};

/** Everything that happens, one thing after another, in virtual milliseconds. No real time passes. */
export class Scheduler {
  #now = 0;
  #order = 0;
  #entries: Entry[] = [];

  /** True time. What the machine's clocks say is another matter. */
  get now(): number {
    return this.#now;
  }

  after(milliseconds: number, place: Place, run: () => void): () => void {
    const due = this.#now + Math.max(0, milliseconds);
    const entry = { due, order: this.#order, place, run };
    this.#order += 1;
    this.#entries.push(entry);
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  /** Something of the world is still on its way, a late request for instance. */
  get isWorldBusy(): boolean {
    return this.#entries.some(({ place }) => place === 'world');
  }

  /** Everything on the machine stands still for this long, while the world continues. */
  freezeMachine(milliseconds: number): void {
    for (const entry of this.#entries) if (entry.place === 'machine') entry.due += milliseconds;
  }

  /** Lets the next thing happen and waits until everything that follows from it at once has happened too. */
  async step(): Promise<void> {
    const next = this.#entries.reduce<Entry | undefined>(earlier, undefined);
    if (next === undefined) throw new Error('Nothing is left to happen');
    this.#entries = this.#entries.filter((other) => other !== next);
    this.#now = next.due;
    next.run();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function earlier(one: Entry | undefined, other: Entry): Entry {
  if (one === undefined || other.due < one.due) return other;
  return other.due === one.due && other.order < one.order ? other : one;
}
