import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import {
  createDaemonToken,
  readDaemonFile,
  removeDaemonFile,
  writeDaemonFile,
} from './daemon-file.ts';

const info = { port: 4321, pid: 99, startedAt: 1_800_000_000_000, version: '0.1.0' };

test('holds the address of the daemon until that daemon removes it', () => {
  using folder = temporaryFolder();
  expect(readDaemonFile(folder.home)).toBeNull();
  writeDaemonFile(folder.home, info);
  expect(readDaemonFile(folder.home)).toEqual(info);
  removeDaemonFile(folder.home, 98);
  expect(readDaemonFile(folder.home)).toEqual(info);
  removeDaemonFile(folder.home, 99);
  expect(readDaemonFile(folder.home)).toBeNull();
});

test.each(['', '{"port":', '{"port": 70000, "pid": 1, "startedAt": 1, "version": "1"}'])(
  'content %j counts as no daemon',
  (content) => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.home, 'daemon.json'), content);
    expect(readDaemonFile(folder.home)).toBeNull();
  },
);

test('the token has 256 bits, is new at each start, and is private to the user', () => {
  using folder = temporaryFolder();
  const first = createDaemonToken(folder.home);
  const second = createDaemonToken(folder.home);
  expect(second).not.toBe(first);
  expect(Buffer.from(second, 'base64url')).toHaveLength(32);
  expect(readFileSync(join(folder.home, 'daemon-token'), 'utf8').trim()).toBe(second);
  expect(statSync(join(folder.home, 'daemon-token')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.home)).toEqual(['daemon-token']);
});
