import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  item,
  itemsOf,
  launched,
  launchIntended,
  openTemporaryJournal,
  sessionNumber,
  sessionStarted,
} from '../../testing/journal.ts';
import { openAuditLog } from './audit-log.ts';

const ONE = sessionNumber(1);
const fileOf = (home: string) => join(home, 'audit-logs', `${ONE}.ndjson`);
const typesIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line).type);

/** A simple replacement for the daemon's redactor. */
const redact = (events: readonly object[]) =>
  events.map((event) => JSON.parse(JSON.stringify(event).replaceAll('canary', '[redacted]')));

const open = (opened: { home: string; journal: Parameters<typeof openAuditLog>[0]['journal'] }) => {
  const problems: unknown[] = [];
  const log = openAuditLog({ ...opened, redact, onError: (error) => problems.push(error) });
  return { ...log, problems };
};

test('writes a line for every lifecycle event of a session, in order', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  const log = open(opened);
  journal.append(ONE, [sessionStarted(), launchIntended()]);
  journal.buffer(itemsOf(1, 1, [item(1)]));
  journal.append(sessionNumber(2), [sessionStarted()]);
  journal.append(ONE, [launched()]);
  await log.close();
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted', 'LaunchIntended', 'Launched']);
  const [, second = ''] = readFileSync(fileOf(home), 'utf8').split('\n');
  expect(JSON.parse(second)).toMatchObject({
    ts: expect.stringMatching(/^\d{4}-.*Z$/),
    sessionId: ONE,
    agentId: 'writer',
    seq: 2,
  });
  expect(log.problems).toEqual([]);
});

test('redacts secrets in every line, but not in the journal', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  const log = open(opened);
  journal.append(ONE, [
    // Only a session's start takes an input.
    { ...sessionStarted(), input: 'My key is canary' } as ReturnType<typeof sessionStarted>,
  ]);
  await log.close();
  expect(readFileSync(fileOf(home), 'utf8')).toContain('My key is [redacted]');
  expect(readFileSync(fileOf(home), 'utf8')).not.toContain('canary');
  expect(JSON.stringify(journal.sessionEvents(ONE, { limit: 9 }))).toContain('canary');
});

test('continues after a crash without missing, truncated or repeated lines', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  const first = open(opened);
  journal.append(ONE, [sessionStarted()]);
  await first.close();
  appendFileSync(fileOf(home), '{"ts":"cut o');
  journal.append(ONE, [launchIntended(), launched()]);
  const second = open(opened);
  await second.close();
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted', 'LaunchIntended', 'Launched']);
  rmSync(join(home, 'audit-logs', '.mirrored'));
  const third = open(opened);
  await third.close();
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted', 'LaunchIntended', 'Launched']);
});

test('starts a new file if the journal was restored from a backup', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  mkdirSync(join(home, 'audit-logs'));
  const lost = JSON.stringify({ position: 9, seq: 9, type: 'Launched', round: 1 });
  writeFileSync(fileOf(home), `${lost}\n`);
  journal.append(ONE, [sessionStarted()]);
  await open(opened).close();
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted']);
  const names = readdirSync(join(home, 'audit-logs'));
  expect(names.filter((name) => name.includes('before-restore'))).toHaveLength(1);
});

test('reports a failed write, does not affect the journal, and catches up later', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  writeFileSync(join(home, 'audit-logs'), 'in the way');
  const log = open(opened);
  journal.append(ONE, [sessionStarted()]);
  await log.idle();
  expect(log.problems.length).toBeGreaterThan(0);
  rmSync(join(home, 'audit-logs'));
  journal.append(ONE, [launchIntended()]);
  await log.close();
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted', 'LaunchIntended']);
});

test('writes an empty file again from the beginning', async () => {
  using opened = openTemporaryJournal();
  const { journal, home } = opened;
  const log = open(opened);
  journal.append(ONE, [sessionStarted()]);
  await log.close();
  truncateSync(fileOf(home));
  journal.append(ONE, [launchIntended()]);
  await open(opened).close();
  expect(existsSync(fileOf(home))).toBe(true);
  expect(typesIn(fileOf(home))).toEqual(['SessionStarted', 'LaunchIntended']);
});
