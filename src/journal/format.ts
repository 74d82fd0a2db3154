import { DatabaseSync } from 'node:sqlite';
import { prepareQuery, readPragma } from './database.ts';
import { latestVersion, type Migration, migrate, schemaVersion } from './migrations.ts';

/** Stands in the header of every journal ("Cere"). Journals of the first versions have 0 there. */
const APPLICATION_ID = 0x43657265;

/** Whose database this is. `ours` has every table and column of its version. */
export type Format =
  | { readonly kind: 'blank' }
  | { readonly kind: 'ours'; readonly version: number; readonly hasEvents: boolean }
  | { readonly kind: 'later'; readonly version: number }
  | { readonly kind: 'foreign'; readonly reason: string };

type Shape = ReadonlyMap<string, ReadonlySet<string>>;

/** Judges a database by what it holds: a file that SQLite can read may still be anything but a journal. */
export const formatOf = (database: DatabaseSync, migrations: readonly Migration[]): Format => {
  const applicationId = Number(readPragma(database, 'application_id'));
  if (applicationId !== 0 && applicationId !== APPLICATION_ID) {
    return { kind: 'foreign', reason: 'it belongs to another program' };
  }
  const shape = shapeOf(database);
  const stated = schemaVersion(database);
  if (shape.size === 0 && stated === 0) return { kind: 'blank' };
  const version = stated === 0 ? migratedTo(database, shape) : stated;
  if (version > latestVersion(migrations) && shape.has('events')) return { kind: 'later', version };
  if (version < 1) return { kind: 'foreign', reason: 'it does not say which format it has' };
  const missing = firstMissing(shape, shapeOfVersion(migrations, version));
  if (missing !== null) return { kind: 'foreign', reason: `it has no ${missing}` };
  return { kind: 'ours', version, hasEvents: hasEvents(database, shape) };
};

/** Marks a database as a journal of this version. */
export const markFormat = (database: DatabaseSync, version: number): void => {
  if (Number(readPragma(database, 'application_id')) !== APPLICATION_ID) {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  }
  if (schemaVersion(database) !== version) database.exec(`PRAGMA user_version = ${version}`);
};

/** The version that the table of migrations tells, where the header has lost it. */
const migratedTo = (database: DatabaseSync, shape: Shape): number => {
  if (shape.get('migrations')?.has('id') !== true) return 0;
  const newest = prepareQuery<{ id: number | null }>(
    database,
    'SELECT max(id) AS id FROM migrations',
  ).get();
  return newest?.id ?? 0;
};

const hasEvents = (database: DatabaseSync, shape: Shape): boolean =>
  shape.has('events') && database.prepare('SELECT 1 FROM events LIMIT 1').get() !== undefined;

/** Tables with their columns, and indexes without. */
const shapeOf = (database: DatabaseSync): Shape => {
  const columns = prepareQuery<{ name: string }>(database, 'SELECT name FROM pragma_table_info(?)');
  const objects = prepareQuery<{ type: string; name: string }>(
    database,
    `SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  ).all();
  return new Map(
    objects.map(({ type, name }) => [
      name,
      new Set(type === 'table' ? columns.all(name).map((column) => column.name) : []),
    ]),
  );
};

const shapeOfVersion = (migrations: readonly Migration[], version: number): Shape => {
  const database = new DatabaseSync(':memory:');
  try {
    migrate(database, migrations.slice(0, version), () => 0);
    return shapeOf(database);
  } finally {
    database.close();
  }
};

const firstMissing = (found: Shape, expected: Shape): string | null => {
  for (const [name, columns] of expected) {
    const its = found.get(name);
    if (its === undefined) return columns.size > 0 ? `table "${name}"` : `index "${name}"`;
    for (const column of columns) {
      if (!its.has(column)) return `column "${column}" in table "${name}"`;
    }
  }
  return null;
};
