import { DatabaseSync } from 'node:sqlite';
import { prepareQuery, readPragma } from './database.ts';
import { latestVersion, type Migration, migrate, schemaVersion } from './migrations.ts';

/** The application id in the header of every journal ("Cere"). Journals of the first versions have 0. */
const APPLICATION_ID = 0x43657265;

/** What a database is. `ours` is a journal with every table and column of its version. */
export type Format =
  | { readonly kind: 'blank' }
  | { readonly kind: 'ours'; readonly version: number; readonly hasEvents: boolean }
  | { readonly kind: 'later'; readonly version: number }
  | { readonly kind: 'foreign'; readonly reason: string };

type Shape = ReadonlyMap<string, ReadonlySet<string>>;

/** Classifies a database by its content, because any file that SQLite can read may be something other than a journal. */
export const detectFormat = (database: DatabaseSync, migrations: readonly Migration[]): Format => {
  const applicationId = Number(readPragma(database, 'application_id'));
  if (applicationId !== 0 && applicationId !== APPLICATION_ID) {
    return { kind: 'foreign', reason: 'it belongs to another program' };
  }
  const shape = shapeOf(database);
  const headerVersion = schemaVersion(database);
  if (shape.size === 0 && headerVersion === 0) return { kind: 'blank' };
  const claims = [headerVersion, migratedTo(database, shape)].filter((version) => version > 0);
  const newest = Math.max(0, ...claims);
  if (newest > latestVersion(migrations) && shape.has('events')) {
    return { kind: 'later', version: newest };
  }
  const detected = detectVersion(shape, claims, migrations);
  if (!detected.ok) return { kind: 'foreign', reason: detected.reason };
  return { kind: 'ours', version: detected.version, hasEvents: hasEvents(database, shape) };
};

type DetectedVersion =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly reason: string };

/**
 * The actual version of a database. Its header and its table of migrations both state one, and either may be wrong, so
 * that the tables decide: a completed migration must not run again.
 */
const detectVersion = (
  shape: Shape,
  claims: readonly number[],
  migrations: readonly Migration[],
): DetectedVersion => {
  let missing: string | null = 'it does not state its format';
  for (const claim of [...claims].sort((one, other) => one - other)) {
    const first = firstMissing(shape, shapeOfVersion(migrations, claim));
    missing = first === null ? null : `it has no ${first}`;
    if (missing !== null) continue;
    let version = claim;
    while (version < latestVersion(migrations)) {
      const progress = nextMigrationProgress(shape, migrations, version);
      if (progress === 'part')
        return { ok: false, reason: `it has a part of format ${version + 1}` };
      if (progress === 'none') break;
      version += 1;
    }
    return { ok: true, version };
  }
  return { ok: false, reason: missing ?? '' };
};

/** How much of the next migration has been applied. */
const nextMigrationProgress = (
  shape: Shape,
  migrations: readonly Migration[],
  version: number,
): 'all' | 'part' | 'none' => {
  const before = namesIn(shapeOfVersion(migrations, version));
  const after = namesIn(shapeOfVersion(migrations, version + 1));
  const actual = namesIn(shape);
  const added = [...after].filter((name) => !before.has(name));
  const present = added.filter((name) => actual.has(name));
  if (present.length === 0) return 'none';
  return present.length === added.length ? 'all' : 'part';
};

/** Tables, indexes, and columns with their table. */
const namesIn = (shape: Shape): Set<string> =>
  new Set(
    [...shape].flatMap(([name, columns]) => [
      name,
      ...[...columns].map((column) => `${name}.${column}`),
    ]),
  );

/** Marks a database as a journal of this version. */
export const markFormat = (database: DatabaseSync, version: number): void => {
  if (Number(readPragma(database, 'application_id')) !== APPLICATION_ID) {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
  }
  if (schemaVersion(database) !== version) database.exec(`PRAGMA user_version = ${version}`);
};

/** The version according to the table of migrations. */
const migratedTo = (database: DatabaseSync, shape: Shape): number => {
  if (shape.get('migrations')?.has('id') !== true) return 0;
  const newest = prepareQuery<{ id: number | null }>(
    database,
    'SELECT max(id) AS id FROM migrations',
  ).get();
  return Number(newest?.id ?? 0);
};

const hasEvents = (database: DatabaseSync, shape: Shape): boolean =>
  shape.has('events') && database.prepare('SELECT 1 FROM events LIMIT 1').get() !== undefined;

/** Tables with their columns, and indexes with an empty set. */
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

const firstMissing = (actual: Shape, expected: Shape): string | null => {
  for (const [name, columns] of expected) {
    const actualColumns = actual.get(name);
    if (actualColumns === undefined)
      return columns.size > 0 ? `table "${name}"` : `index "${name}"`;
    for (const column of columns) {
      if (!actualColumns.has(column)) return `column "${column}" in table "${name}"`;
    }
  }
  return null;
};
