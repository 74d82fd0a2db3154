import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  countingProjection,
  openOrThrow,
  sessionNumber,
  sessionStarted,
  temporaryHome,
} from '../../testing/journal.ts';
import { startBackups } from './journal-backups.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const open = (home: string) => openOrThrow({ home, projection: countingProjection, now: Date.now });
const backupsOf = (home: string) => readdirSync(join(home, 'backups'));

test('backs up the journal at the start and at the end, but only if it has changed', async () => {
  using folder = temporaryHome();
  const journal = open(folder.home);
  const stop = startBackups(journal, silent);
  journal.append(sessionNumber(1), [sessionStarted()]);
  await stop();
  expect(backupsOf(folder.home)).toHaveLength(1);
  await startBackups(journal, silent)();
  expect(backupsOf(folder.home)).toHaveLength(1);
  journal.append(sessionNumber(2), [sessionStarted()]);
  await startBackups(journal, silent)();
  expect(backupsOf(folder.home)).toHaveLength(2);
  journal.close();
});

test('logs a failed backup, and the journal keeps working', async () => {
  using folder = temporaryHome();
  const journal = open(folder.home);
  journal.append(sessionNumber(1), [sessionStarted()]);
  writeFileSync(join(folder.home, 'backups'), 'a file where the folder should be');
  const warnings: string[] = [];
  await startBackups(journal, { ...silent, warn: (_, text) => warnings.push(String(text)) })();
  expect(warnings).toContain('the journal could not be backed up');
  expect(journal.append(sessionNumber(2), [sessionStarted()]).ok).toBe(true);
  journal.close();
});
