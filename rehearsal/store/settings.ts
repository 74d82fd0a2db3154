import type { DatabaseSync } from 'node:sqlite';

/** Values that survive a restart: the clock, the faults, the registered scripts, the key that signs links. */
export class SettingStore {
  readonly #get;
  readonly #set;

  constructor(database: DatabaseSync) {
    this.#get = database.prepare('SELECT value FROM settings WHERE key = ?');
    this.#set = database.prepare(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
  }

  get(key: string): string | undefined {
    const value = this.#get.get(key)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  set(key: string, value: string): void {
    this.#set.run(key, value);
  }
}
