import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from './database.ts';
import type { Journal } from './types.ts';

type Row = { readonly key: string; readonly value: string };

/** Creates the key-value store for small JSON values outside sessions. Each change is durable when the call returns. */
export const createFacts = (
  database: DatabaseSync,
  write: (body: () => void) => void,
): Journal['facts'] => {
  const get = prepareQuery<Row>(database, 'SELECT key, value FROM facts WHERE key = ?');
  const set = database.prepare(
    'INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM facts WHERE key = ?');
  const list = prepareQuery<Row>(
    database,
    'SELECT key, value FROM facts WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key',
  );
  return {
    get: (key) => {
      const row = get.get(key);
      return row === undefined ? undefined : JSON.parse(row.value);
    },
    set: (key, value) => {
      write(() => {
        set.run(key, JSON.stringify(value));
      });
    },
    remove: (key) => {
      write(() => {
        remove.run(key);
      });
    },
    list: (prefix) =>
      list.all(prefix).map(({ key, value }) => ({ key, value: JSON.parse(value) as unknown })),
  };
};
