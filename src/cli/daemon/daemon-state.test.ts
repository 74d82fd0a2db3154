import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from '../../lib/process.ts';
import { checkDaemon } from './daemon-state.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'cerevisor-state-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const own = identityOf(process.pid);
/** A process id that does not exist, and a port without a listener. */
const EXITED_PID = 2 ** 30;
const UNUSED_PORT = 9;

function writeAddress(address: object, token = 'secret'): void {
  writeFileSync(path.join(home, 'daemon.json'), JSON.stringify(address));
  writeFileSync(path.join(home, 'daemon-token'), token);
}

const writeTransition = (transition: object): void =>
  writeFileSync(path.join(home, 'daemon-transition.json'), JSON.stringify(transition));

test('without a file, with a damaged one, and after the process exited, the daemon is absent', async () => {
  expect(await checkDaemon(home)).toEqual({ kind: 'absent' });
  writeFileSync(path.join(home, 'daemon.json'), '{');
  expect(await checkDaemon(home)).toEqual({ kind: 'absent' });
  writeAddress({ pid: EXITED_PID, port: UNUSED_PORT });
  writeTransition({ pid: EXITED_PID, doing: 'is starting' });
  expect(await checkDaemon(home)).toEqual({ kind: 'absent' });
});

test('a running process that does not respond in time is unresponsive', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // `AddressInfo`: it listens on a TCP port.
  writeAddress({ ...own, port: (server.address() as AddressInfo).port });
  expect(await checkDaemon(home, 50)).toEqual({ kind: 'unresponsive', ...own, doing: null });
  server.closeAllConnections();
  server.close();
});

test('a starting or stopping daemon is reported with what it is doing', async () => {
  writeAddress({ pid: EXITED_PID, port: UNUSED_PORT });
  writeTransition({ ...own, doing: 'is reading its journal' });
  expect(await checkDaemon(home)).toEqual({
    kind: 'unresponsive',
    ...own,
    doing: 'is reading its journal',
  });
});

test('a reused process id is not mistaken for the daemon', async () => {
  writeAddress({
    pid: process.pid,
    began: 'before the machine was started again',
    port: UNUSED_PORT,
  });
  writeTransition({ pid: process.pid, began: 'long ago', doing: 'is starting' });
  expect(await checkDaemon(home)).toEqual({ kind: 'absent' });
  // A file without a start time, from an older version: nothing listens, so the daemon is absent.
  writeAddress({ pid: process.pid, port: UNUSED_PORT });
  expect(await checkDaemon(home)).toEqual({ kind: 'absent' });
});

const linkToItself = (folder: string): string => {
  const link = path.join(folder, 'itself');
  symlinkSync(link, link);
  return link;
};

test.each([
  ['has a name that is too long', (folder: string) => path.join(folder, 'a'.repeat(300))],
  ['is longer than a path may be', (folder: string) => path.join(folder, 'a/'.repeat(3000))],
  ['is a link to itself', linkToItself],
  ['lies below a link to itself', (folder: string) => path.join(linkToItself(folder), 'below')],
  ['is a file', (folder: string) => fileIn(folder)],
  ['lies below a file', (folder: string) => path.join(fileIn(folder), 'below')],
  [
    'holds a folder in the place of what the daemon leaves',
    (folder: string) => {
      mkdirSync(path.join(folder, 'daemon-transition.json'));
      return folder;
    },
  ],
  [
    'holds a link to itself in the place of what the daemon leaves',
    (folder: string) => {
      symlinkSync(path.join(folder, 'daemon.json'), path.join(folder, 'daemon.json'));
      return folder;
    },
  ],
])('a home that %s is rejected with a message', async (_, make) => {
  const error = { code: 'home_unusable', suggestion: expect.stringContaining('CEREVISOR_HOME') };
  await expect(checkDaemon(make(home))).rejects.toMatchObject(error);
});

const fileIn = (folder: string): string => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  return file;
};
