import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from '../../lib/process.ts';
import { daemonPresence } from './presence.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'cerevisor-presence-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const own = identityOf(process.pid);
/** No process of the test's machine, and no port that anyone listens on. */
const GONE = 2 ** 30;
const NOBODY = 9;

function leave(address: object, token = 'secret'): void {
  writeFileSync(path.join(home, 'daemon.json'), JSON.stringify(address));
  writeFileSync(path.join(home, 'daemon-token'), token);
}

const leaveTransition = (transition: object): void =>
  writeFileSync(path.join(home, 'daemon-transition.json'), JSON.stringify(transition));

test('no file, a damaged one and one of a process that ended all mean that none runs', async () => {
  expect(await daemonPresence(home)).toEqual({ kind: 'absent' });
  writeFileSync(path.join(home, 'daemon.json'), '{');
  expect(await daemonPresence(home)).toEqual({ kind: 'absent' });
  leave({ pid: GONE, port: NOBODY });
  leaveTransition({ pid: GONE, doing: 'is starting' });
  expect(await daemonPresence(home)).toEqual({ kind: 'absent' });
});

test('a process that lives and does not answer in time runs', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // `AddressInfo`: it listens on a TCP port.
  leave({ ...own, port: (server.address() as AddressInfo).port });
  expect(await daemonPresence(home, 50)).toEqual({ kind: 'silent', ...own, doing: null });
  server.closeAllConnections();
  server.close();
});

test('one that starts or stops says what it does', async () => {
  leave({ pid: GONE, port: NOBODY });
  leaveTransition({ ...own, doing: 'is reading its journal' });
  expect(await daemonPresence(home)).toEqual({
    kind: 'silent',
    ...own,
    doing: 'is reading its journal',
  });
});

test('the number of a daemon that ended deceives nobody once another process has it', async () => {
  leave({ pid: process.pid, began: 'before the machine was started again', port: NOBODY });
  leaveTransition({ pid: process.pid, began: 'long ago', doing: 'is starting' });
  expect(await daemonPresence(home)).toEqual({ kind: 'absent' });
  // A file of a version that did not note when its process began: nobody listens, so nobody is there.
  leave({ pid: process.pid, port: NOBODY });
  expect(await daemonPresence(home)).toEqual({ kind: 'absent' });
});

const linkToItself = (place: string): string => {
  const link = path.join(place, 'itself');
  symlinkSync(link, link);
  return link;
};

test.each([
  ['has a name that is too long', (place: string) => path.join(place, 'a'.repeat(300))],
  ['is longer than a path may be', (place: string) => path.join(place, 'a/'.repeat(3000))],
  ['is a link to itself', linkToItself],
  ['lies below a link to itself', (place: string) => path.join(linkToItself(place), 'below')],
  ['is a file', (place: string) => fileIn(place)],
  ['lies below a file', (place: string) => path.join(fileIn(place), 'below')],
  [
    'holds a folder in the place of what the daemon leaves',
    (place: string) => {
      mkdirSync(path.join(place, 'daemon-transition.json'));
      return place;
    },
  ],
  [
    'holds a link to itself in the place of what the daemon leaves',
    (place: string) => {
      symlinkSync(path.join(place, 'daemon.json'), path.join(place, 'daemon.json'));
      return place;
    },
  ],
])('a home that %s is refused in words', async (_, make) => {
  const refused = { code: 'home_unusable', suggestion: expect.stringContaining('CEREVISOR_HOME') };
  await expect(daemonPresence(make(home))).rejects.toMatchObject(refused);
});

const fileIn = (place: string): string => {
  const file = path.join(place, 'file');
  writeFileSync(file, '');
  return file;
};
