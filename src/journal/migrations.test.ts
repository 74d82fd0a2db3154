import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  openOrThrow,
  sessionNumber,
  sessionStarted,
  temporaryHome,
} from '../../testing/journal.ts';
import { journalFiles } from './files.ts';
import { latestVersion, type Migration, migrate, schemaVersion } from './migrations.ts';
import { MIGRATIONS } from './schema.ts';

const latest = latestVersion(MIGRATIONS);
const next = latest + 1;
const note: Migration = { id: next, name: 'note', sql: 'CREATE TABLE notes (text TEXT) STRICT' };

test('a journal of an earlier format is backed up and brought up to date', () => {
  using folder = temporaryHome();
  const { home } = folder;
  const journal = openOrThrow({ home });
  journal.append(sessionNumber(1), [sessionStarted()]);
  journal.close();
  const files = journalFiles(home);
  expect(readdirSync(home)).not.toContain('backups');
  const again = openOrThrow({ home, migrations: [...MIGRATIONS, note] });
  expect(again.state(sessionNumber(1))).toMatchObject({ types: ['SessionStarted'] });
  again.close();
  const [backup = ''] = readdirSync(files.backups);
  const copy = new DatabaseSync(`${files.backups}/${backup}`);
  expect(schemaVersion(copy)).toBe(latest);
  copy.close();
  const now = new DatabaseSync(files.database);
  expect(schemaVersion(now)).toBe(next);
  expect(now.prepare('SELECT id, name FROM migrations').all()).toEqual([
    ...MIGRATIONS.map(({ id, name }) => ({ id, name })),
    { id: next, name: 'note' },
  ]);
  now.close();
});

test('a migration that fails leaves the version before it whole', () => {
  using folder = temporaryHome();
  const database = new DatabaseSync(journalFiles(folder.home).database);
  const broken = { id: next, name: 'broken', sql: 'CREATE TABLE a (x); CREATE NONSENSE' };
  expect(() => migrate(database, [...MIGRATIONS, broken], Date.now)).toThrow();
  expect(schemaVersion(database)).toBe(latest);
  expect(database.prepare(`SELECT name FROM sqlite_schema WHERE name = 'a'`).get()).toBe(undefined);
  database.close();
});

test('migrations with colliding or missing ids are refused', () => {
  using folder = temporaryHome();
  const database = new DatabaseSync(journalFiles(folder.home).database);
  const refused = (...ids: number[]) =>
    expect(() =>
      migrate(
        database,
        ids.map((id) => ({ id, name: 'm', sql: '' })),
        Date.now,
      ),
    ).toThrow(/expected/);
  refused(1, 1);
  refused(2);
  refused(1, 3);
  database.close();
});

test('the released migrations are in order', () => {
  expect(MIGRATIONS.map(({ id }) => id)).toEqual(MIGRATIONS.map((_, index) => index + 1));
});
