import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from './database.ts';
import { diskTrouble } from './disk-trouble.ts';
import type { Journal } from './types.ts';

type Quarantined = ReturnType<Journal['quarantine']>[number];

/** Events that could not be read. They stay where they are; the reason is recorded here, so that people can see it. */
export class Quarantine {
  readonly #insert;
  readonly #list;
  readonly #event;
  /** Entries that could not be stored because of a disk error. They are shown too, and found again after a restart. */
  readonly #unstored = new Map<number, string>();

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO quarantine VALUES (?, ?)');
    this.#list = prepareQuery<{ position: number; reason: string }>(
      database,
      'SELECT position, reason FROM quarantine',
    );
    this.#event = prepareQuery<{ id: string; payload: string }>(
      database,
      'SELECT id, payload FROM events JOIN sessions ON session = number WHERE position = ?',
    );
  }

  /** Records an event. Returns null, which callers use in place of the event. */
  add(position: number, reason: string): null {
    try {
      this.#insert.run(position, reason);
    } catch (error) {
      if (diskTrouble(error) === null) throw error;
      this.#unstored.set(position, reason);
    }
    return null;
  }

  list(): readonly Quarantined[] {
    const reasons = new Map(this.#unstored);
    for (const { position, reason } of this.#list.all()) reasons.set(position, reason);
    return [...reasons]
      .sort(([left], [right]) => left - right)
      .map(([position, reason]) => {
        const event = this.#event.get(position);
        return { position, reason, sessionId: event?.id ?? '', raw: event?.payload ?? '' };
      });
  }
}
