import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import {
  type CountingState,
  countingProjection,
  launchIntended,
  manualClock,
  openOrThrow,
  sessionNumber,
  sessionStarted,
  temporaryHome,
} from '../../testing/journal.ts';
import { isAtLeast } from './database.ts';
import { journalFiles } from './files.ts';
import { sharedKindOf } from './filesystem-check.ts';
import { migrate } from './migrations.ts';
import { type OpenOptions, openJournal } from './open.ts';
import { MIGRATIONS } from './schema.ts';
import type { OpenFailure } from './types.ts';

const ONE = sessionNumber(1);

const failureOf = (
  home: string,
  options: Partial<OpenOptions<CountingState>> = {},
): OpenFailure => {
  const opened = openJournal({ home, projection: countingProjection, now: Date.now, ...options });
  if (opened.ok) throw new Error('it opened');
  expect(opened.failure.suggestion).not.toBe('');
  return opened.failure;
};

/** Overwrites pages in the middle of a closed database. */
const damage = (path: string): void => {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = DELETE`);
  database.close();
  truncateSync(path, 8192);
};

describe('the home folder', () => {
  test('is made for its owner alone when it is missing', () => {
    using folder = temporaryHome();
    const home = join(folder.home, 'deep', 'home');
    openOrThrow({ home }).close();
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  test('may not be a file', () => {
    using folder = temporaryHome();
    const home = join(folder.home, 'file');
    writeFileSync(home, '');
    expect(failureOf(home)).toMatchObject({
      code: 'io_error',
      message: expect.stringContaining('is a file'),
    });
  });

  test.skipIf(process.getuid?.() === 0)('has to be writable', () => {
    using folder = temporaryHome();
    chmodSync(folder.home, 0o500);
    expect(failureOf(folder.home).code).toBe('read_only');
    chmodSync(folder.home, 0o700);
  });

  test('may not be on a file system that is shared with other machines', () => {
    const mounts = [
      '22 1 8:1 / / rw - ext4 /dev/sda rw',
      '30 22 0:40 / /home rw - nfs4 server:/home rw',
      '31 22 0:41 / /home/me/local\\040disk rw - ext4 /dev/sdb rw',
      '32 22 0:42 / /mnt/remote rw - fuse.sshfs me@host: rw',
      '33 22 0:43 / /mnt/vault rw - fuse.gocryptfs /x rw',
    ].join('\n');
    expect(sharedKindOf(mounts, '/home/me/.cerevisor')).toBe('nfs4');
    expect(sharedKindOf(mounts, '/homestead')).toBeNull();
    expect(sharedKindOf(mounts, '/home/me/local disk/.cerevisor')).toBeNull();
    expect(sharedKindOf(mounts, '/mnt/remote')).toBe('fuse.sshfs');
    expect(sharedKindOf(mounts, '/mnt/vault/home')).toBeNull();
    expect(sharedKindOf('22 1 0:1 / / rw - 9p root rw', '/root/.cerevisor')).toBeNull();
  });
});

describe('the lock', () => {
  test('keeps a second opening out and names the holder', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    expect(failureOf(home).code).toBe('locked');
    writeFileSync(journalFiles(home).daemon, JSON.stringify({ pid: 4711, port: 7777 }));
    expect(failureOf(home).message).toContain('process 4711, http://127.0.0.1:7777');
    journal.close();
    openOrThrow({ home }).close();
  });

  test('is held by another process until that ends, however it ends', async () => {
    using folder = temporaryHome();
    const { home } = folder;
    const script = join(import.meta.dirname, '../../testing/journal-crash-child.ts');
    const child = spawn(process.execPath, [script, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.stdout.resume();
    expect(failureOf(home).code).toBe('locked');
    child.kill('SIGKILL');
    await once(child, 'close');
    openOrThrow({ home }).close();
  });
});

describe('a journal of another format', () => {
  test('written by a later version is refused and left as it is', () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    journal.append(ONE, [sessionStarted()]);
    journal.close();
    const database = new DatabaseSync(journalFiles(home).database);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const failure = failureOf(home);
    expect(failure.code).toBe('later_version');
    expect(failure.message).toMatch(/format 99.*up to \d/);
    const after = new DatabaseSync(journalFiles(home).database);
    expect(after.prepare('SELECT count(*) AS count FROM events').get()).toEqual({ count: 1 });
    after.close();
  });
});

describe('a damaged journal', () => {
  test('is replaced by its newest good backup and kept next to it', async () => {
    using folder = temporaryHome();
    const { home } = folder;
    const clock = manualClock();
    const journal = openOrThrow({ home, ...clock });
    journal.append(ONE, [sessionStarted()]);
    await journal.backup();
    clock.advance(1000);
    journal.append(ONE, [launchIntended()]);
    const newest = await journal.backup();
    for (let number = 2; number < 300; number += 1) {
      journal.append(sessionNumber(number), [sessionStarted()]);
    }
    journal.close();
    const files = journalFiles(home);
    damage(files.database);
    damage(newest);
    const opened = openJournal({ home, projection: countingProjection, ...clock });
    if (!opened.ok) throw new Error(opened.failure.message);
    expect(opened.recovered?.backupTakenAt).toBe(clock.now() - 1000);
    expect(existsSync(opened.recovered?.movedTo ?? '')).toBe(true);
    expect(opened.journal.state(ONE)).toMatchObject({ types: ['SessionStarted'] });
    opened.journal.close();
    expect(openJournal({ home, projection: countingProjection, ...clock })).not.toHaveProperty(
      'recovered',
    );
  });

  test('without a backup is refused with instructions and left as it is', () => {
    using folder = temporaryHome();
    const { home } = folder;
    writeFileSync(journalFiles(home).database, 'this is not a database, but it is long enough');
    expect(failureOf(home)).toMatchObject({
      code: 'damaged',
      suggestion: expect.stringContaining('move'),
    });
    expect(statSync(journalFiles(home).database).size).toBe(45);
    expect(readdirSync(home).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  test('whose restore was cut off in the middle is restored by the next opening', async () => {
    using folder = temporaryHome();
    const { home } = folder;
    const journal = openOrThrow({ home });
    journal.append(ONE, [sessionStarted()]);
    const files = journalFiles(home);
    await journal.backup();
    journal.close();
    // As a crash leaves it: the damaged one is moved away, the good copy not yet instead.
    renameSync(files.database, files.restoring);
    writeFileSync(`${files.database}-wal`, 'left over');
    const again = openOrThrow({ home });
    expect(again.state(ONE)).toMatchObject({ types: ['SessionStarted'] });
    again.close();
  });
});

/** A closed journal with one session and one good backup of it. */
const backedUpHome = async (home: string): Promise<ReturnType<typeof journalFiles>> => {
  const journal = openOrThrow({ home });
  journal.append(ONE, [sessionStarted()]);
  await journal.backup();
  journal.close();
  return journalFiles(home);
};

const changeClosed = (path: string, sql: string): void => {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
};

const reopen = (home: string) => {
  const opened = openJournal({ home, projection: countingProjection, now: Date.now });
  if (!opened.ok) throw new Error(opened.failure.message);
  const found = { recovered: opened.recovered, first: opened.journal.state(ONE) };
  opened.journal.close();
  return found;
};

describe('next to a good backup', () => {
  const nothing = (files: ReturnType<typeof journalFiles>) => rmSync(files.database);
  test.each([
    ['missing', 'missing', nothing],
    ['of 0 bytes', 'empty', (files) => truncateSync(files.database, 0)],
    ['of 1 byte', 'empty', (files) => writeFileSync(files.database, 'x')],
    [
      'a database without a table',
      'empty',
      (files) => {
        nothing(files);
        changeClosed(files.database, 'CREATE TABLE t (x); DROP TABLE t');
      },
    ],
    ['emptied', 'empty', (files) => changeClosed(files.database, 'DELETE FROM events')],
    ['without a table', 'damaged', (files) => changeClosed(files.database, 'DROP TABLE streams')],
    [
      'without a column',
      'damaged',
      (files) => changeClosed(files.database, 'ALTER TABLE streams DROP COLUMN last_status'),
    ],
    [
      'without the index that keeps frames apart',
      'damaged',
      (files) => changeClosed(files.database, 'DROP INDEX frames_once'),
    ],
    [
      "another program's database",
      'damaged',
      (files) => changeClosed(files.database, 'PRAGMA application_id = 77'),
    ],
    [
      'a database of something else',
      'damaged',
      (files) => {
        nothing(files);
        changeClosed(files.database, 'CREATE TABLE notes (x); PRAGMA user_version = 1');
      },
    ],
  ] satisfies [string, string, (files: ReturnType<typeof journalFiles>) => void][])(
    'a journal that is %s gives way to it, and that is said',
    async (_, cause, harm) => {
      using folder = temporaryHome();
      harm(await backedUpHome(folder.home));
      const { recovered, first } = reopen(folder.home);
      expect(recovered?.cause).toBe(cause);
      expect(first).toMatchObject({ types: ['SessionStarted'] });
      expect(reopen(folder.home).recovered).toBeUndefined();
    },
  );

  test('a write-ahead log that lost its database is kept', async () => {
    using folder = temporaryHome();
    const files = await backedUpHome(folder.home);
    rmSync(files.database);
    writeFileSync(`${files.database}-wal`, 'the last word');
    expect(reopen(folder.home).first).toMatchObject({ types: ['SessionStarted'] });
    expect(readdirSync(folder.home).some((name) => /damaged-.*-wal$/.test(name))).toBe(true);
  });
});

describe('a backup', () => {
  test.each([
    ['is 1 byte long', (path: string) => writeFileSync(path, 'x')],
    ['is empty', (path: string) => writeFileSync(path, '')],
    [
      'is a database of something else',
      (path: string) => {
        rmSync(path);
        changeClosed(path, 'CREATE TABLE notes (x)');
      },
    ],
    ['says no format', (path: string) => changeClosed(path, 'DROP TABLE migrations')],
    ['lacks a table', (path: string) => changeClosed(path, 'DROP TABLE quarantine')],
    ['is of a later format', (path: string) => changeClosed(path, 'PRAGMA user_version = 99')],
    [
      'is a folder',
      (path: string) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('that %s is never restored', async (_, harm) => {
    using folder = temporaryHome();
    const files = await backedUpHome(folder.home);
    const name = readdirSync(files.backups)[0] ?? '';
    harm(join(files.backups, name));
    truncateSync(files.database, 8192);
    const failure = failureOf(folder.home);
    expect(failure).toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('no valid backup'),
    });
    expect(statSync(files.database).size).toBe(8192);
  });
});

test('a journal without anything in it stays as it is next to a backup without anything in it', async () => {
  using folder = temporaryHome();
  const journal = openOrThrow({ home: folder.home });
  await journal.backup();
  journal.close();
  expect(reopen(folder.home).recovered).toBeUndefined();
});

test.each([
  'PRAGMA user_version = 0; PRAGMA application_id = 0',
  'PRAGMA user_version = -1',
  'PRAGMA user_version = 1',
  'PRAGMA user_version = 1; DELETE FROM migrations WHERE id = 2',
  'DELETE FROM migrations WHERE id > 1',
  'DELETE FROM migrations',
])(
  'a journal whose version is wrong, and nothing else, opens with everything in it: %s',
  async (harm) => {
    using folder = temporaryHome();
    const files = await backedUpHome(folder.home);
    rmSync(files.backups, { recursive: true });
    changeClosed(files.database, harm);
    for (const { recovered, first } of [reopen(folder.home), reopen(folder.home)]) {
      expect(recovered).toBeUndefined();
      expect(first).toMatchObject({ types: ['SessionStarted'] });
    }
  },
);

test.each([
  ['the header', 'PRAGMA user_version = 2'],
  ['the table of migrations', "INSERT INTO migrations VALUES (2, 'packs', 0)"],
])('a journal of format 1 that %s calls one of format 2 is brought up to date', (_, harm) => {
  using folder = temporaryHome();
  const { database } = journalFiles(folder.home);
  const [first] = MIGRATIONS;
  const old = new DatabaseSync(database);
  migrate(old, first === undefined ? [] : [first], Date.now);
  old.exec(harm);
  old.close();
  const journal = openOrThrow({ home: folder.home });
  journal.append(ONE, [sessionStarted()]);
  journal.close();
  expect(reopen(folder.home).first).toMatchObject({ types: ['SessionStarted'] });
});

test('a journal of a later format stays untouched when its header says an earlier one', () => {
  using folder = temporaryHome();
  const journal = openOrThrow({ home: folder.home });
  journal.close();
  const { database } = journalFiles(folder.home);
  changeClosed(database, "INSERT INTO migrations VALUES (99, 'later', 0)");
  expect(failureOf(folder.home).code).toBe('later_version');
});

test('a journal with a part of the next format is refused in words', () => {
  using folder = temporaryHome();
  openOrThrow({ home: folder.home }).close();
  const { database } = journalFiles(folder.home);
  changeClosed(
    database,
    'PRAGMA user_version = 1; DELETE FROM migrations WHERE id = 2; DROP INDEX packs_of_stream',
  );
  expect(failureOf(folder.home)).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('a part of format 2'),
  });
});

test.each([
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link that leads nowhere', (path: string) => symlinkSync(`${path}.gone`, path)],
  ['a link to itself', (path: string) => symlinkSync(path, path)],
])('%s with the name of a backup hides no older one', async (_, put) => {
  using folder = temporaryHome();
  const files = await backedUpHome(folder.home);
  put(join(files.backups, 'cerevisor-cloud-runs-2999-01-01T00-00-00-000Z.db'));
  truncateSync(files.database, 8192);
  const { recovered, first } = reopen(folder.home);
  expect(recovered?.cause).toBe('damaged');
  expect(first).toMatchObject({ types: ['SessionStarted'] });
});

test.each([
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link that leads nowhere', (path: string) => symlinkSync(`${path}.gone`, path)],
])('%s with the name of a backup keeps no new one from being made', async (_, put) => {
  using folder = temporaryHome();
  const files = await backedUpHome(folder.home);
  for (const year of [2996, 2997, 2998, 1999]) {
    put(join(files.backups, `cerevisor-cloud-runs-${year}-01-01T00-00-00-000Z.db`));
  }
  const journal = openOrThrow({ home: folder.home });
  const made = await journal.backup();
  journal.close();
  expect(existsSync(made)).toBe(true);
});

test('a version of 0 over the tables of something else is refused in words', () => {
  using folder = temporaryHome();
  changeClosed(journalFiles(folder.home).database, 'CREATE TABLE events (x)');
  expect(failureOf(folder.home)).toMatchObject({ code: 'damaged' });
});

test('versions are compared by their numbers', () => {
  expect(isAtLeast('3.51.3', '3.51.3')).toBe(true);
  expect(isAtLeast('3.100.0', '3.51.3')).toBe(true);
  expect(isAtLeast('3.51.2', '3.51.3')).toBe(false);
  expect(isAtLeast('3.9', '3.51.3')).toBe(false);
});
