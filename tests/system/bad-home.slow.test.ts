import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../../testing/command-line.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** What may be wrong with the folder that everything is kept in, and with the port. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open();
});
afterAll(() => world.close());

const worker = (...script: string[]) => oneAgent(world.repository, script);
const at = (home: string, ...args: string[]): Promise<CommandResult> =>
  world.runWith({ CEREVISOR_HOME: home }, ...args);
const database = (home: string) => path.join(home, 'cerevisor-cloud-runs.db');

/** Refused with exit code 5, in words that say what to do. */
function expectRefusal(ended: CommandResult, ...words: readonly (string | RegExp)[]): void {
  expect(ended.code, ended.stderr + ended.stdout).toBe(5);
  for (const word of words) expect(ended.stderr).toMatch(word);
  expect(ended.stderr).not.toContain('fault of Cerevisor');
}

let template: { home: string; sessionId: string } | null = null;

/** A home with one finished session in it, and no daemon. */
async function usedHome(name: string): Promise<{ home: string; sessionId: string }> {
  template ??= await makeUsedHome();
  const home = world.freshHome(name);
  cpSync(template.home, home, { recursive: true });
  return { home, sessionId: template.sessionId };
}

async function makeUsedHome(): Promise<{ home: string; sessionId: string }> {
  const home = world.freshHome('template');
  const ended = await at(home, 'run', world.write(worker('say Done.')), '--detach', '--json');
  const { sessionId } = JSON.parse(ended.stdout);
  expect((await at(home, 'reconnect', sessionId)).code).toBe(0);
  expect((await at(home, 'stop')).code).toBe(0);
  return { home, sessionId };
}

const sessionsOf = async (home: string) =>
  JSON.parse((await at(home, 'sessions', '--json')).stdout);

describe('the folder', () => {
  test('is a file', async () => {
    const home = path.join(world.folder, 'a-file');
    writeFileSync(home, 'mine');
    expectRefusal(await at(home, 'start'), /a-file/, /CEREVISOR_HOME/);
    expectRefusal(await at(home, 'run', world.write(worker('say x'))), /CEREVISOR_HOME/);
    expectRefusal(await at(home, 'start', '--foreground'), /is a file/, /CEREVISOR_HOME/);
    expect(readFileSync(home, 'utf8')).toBe('mine');
  });

  test('is shared with other users: refused by every command, and not changed', async () => {
    const home = world.freshHome('shared');
    chmodSync(home, 0o1777);
    for (const command of ['start', 'status', 'stop', 'sessions', 'doctor']) {
      expectRefusal(await at(home, command), /Other users can write to/, /CEREVISOR_HOME/);
    }
    expectRefusal(await at(home, 'start', '--foreground'), /Other users can write to/);
    expect(statSync(home).mode & 0o7777).toBe(0o1777);
    expect(readdirSync(home)).toEqual([]);
  });

  test('lies below a file', async () => {
    const home = path.join(world.folder, 'a-file', 'below');
    expectRefusal(await at(home, 'start'), /CEREVISOR_HOME/);
  });

  test.skipIf(!canMount())('is on a read-only disk', async () => {
    using disk = mounted('read-only', 'size=4m,ro');
    expectRefusal(await at(disk.folder, 'start'), /read-only|EROFS/i, /CEREVISOR_HOME/);
    expectRefusal(await at(disk.folder, 'start', '--foreground'), /read-only/, /CEREVISOR_HOME/);
  });

  test.skipIf(!canMount())('is on a disk that is full from the beginning', async () => {
    using disk = mounted('full-at-start', 'size=1m');
    const home = path.join(disk.folder, 'home');
    mkdirSync(home);
    fill(disk.folder);
    expectRefusal(await at(home, 'start', '--foreground'), /full/i, /Free some space/);
    expectRefusal(await at(home, 'start'), /full|ENOSPC|no space/i);
  });

  test.skipIf(!canMount())(
    'is on a disk that fills up: nothing is lost, and it continues',
    async () => {
      using disk = mounted('fills-up', 'size=12m');
      const file = world.write(worker('say Before.'));
      expect((await at(disk.folder, 'run', file)).code).toBe(0);
      const ballast = fill(disk.folder);
      const refused = await at(disk.folder, 'run', file, '--detach', '--json', '--input', long);
      expectRefusal(refused, /full/i, /space/);
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'disk_full' } });
      expect((await at(disk.folder, 'doctor')).stdout).toMatch(/Disk space.*\n.*Free some space/);
      expect(await sessionsOf(disk.folder)).toMatchObject([{ status: 'finished' }]);
      unlinkSync(ballast);
      expect((await at(disk.folder, 'run', file)).code).toBe(0);
      expect(await sessionsOf(disk.folder)).toHaveLength(2);
      expect((await at(disk.folder, 'stop')).code).toBe(0);
    },
  );
});

describe('the journal', () => {
  test('of a later version is refused, untouched, with the advice to update', async () => {
    const { home } = await usedHome('later');
    const journal = new DatabaseSync(database(home));
    journal.exec('PRAGMA user_version = 99');
    journal.close();
    const before = readFileSync(database(home));
    expectRefusal(await at(home, 'start'), /later version of Cerevisor/, /Update Cerevisor/);
    expect(readFileSync(database(home)).equals(before)).toBe(true);
  });

  test.each([
    ['garbage in the middle', (file: string) => scribble(file)],
    ['a missing end', (file: string) => truncateSync(file, statSync(file).size - 6_000)],
    ['nothing of a database', (file: string) => writeFileSync(file, 'x'.repeat(20_000))],
  ])('with %s is restored from its backup, and the damaged one is kept', async (name, harm) => {
    const { home, sessionId } = await usedHome(`damaged ${name}`);
    harm(database(home));
    expect((await at(home, 'start')).code).toBe(0);
    expect(await sessionsOf(home)).toMatchObject([{ id: sessionId, status: 'finished' }]);
    expect(readdirSync(home).filter((found) => found.includes('.db.damaged-'))).not.toEqual([]);
    expect((await at(home, 'doctor')).stdout).toMatch(/restored from a backup/);
    expect((await at(home, 'stop')).code).toBe(0);
  });

  test('that is damaged and has no backup is refused, untouched, with what to move where', async () => {
    const { home } = await usedHome('damaged-alone');
    removeFolder(path.join(home, 'backups'));
    scribble(database(home));
    const before = readFileSync(database(home));
    expectRefusal(await at(home, 'start'), /damaged/, /move cerevisor-cloud-runs\.db/);
    expect(readFileSync(database(home)).equals(before)).toBe(true);
  });
});

test('damaged settings, license record and address cause a notice but do not prevent a start', async () => {
  const { home, sessionId } = await usedHome('damaged-files');
  for (const name of ['settings.json', 'license.json', 'daemon.json']) {
    writeFileSync(path.join(home, name), '{"version": 1, "resu\u0000');
  }
  writeFileSync(path.join(home, 'daemon-token'), '');
  expect((await at(home, 'status')).code).toBe(5);
  expect((await at(home, 'start')).code).toBe(0);
  const status = JSON.parse((await at(home, 'status', '--json')).stdout);
  expect(status.license).toMatchObject({ tier: 'trial', canStartCloudRuns: true });
  expect(await sessionsOf(home)).toMatchObject([{ id: sessionId }]);
  expect(readdirSync(home).some((name) => name.startsWith('settings.json.damaged-'))).toBe(true);
  expect((await at(home, 'stop')).code).toBe(0);
});

describe('a daemon', () => {
  test('that runs prevents a second one, which reports the owner of the folder', async () => {
    expect((await world.run('start')).code).toBe(0);
    expectRefusal(
      await world.run('start', '--foreground'),
      new RegExp(`process ${world.daemonPid}`),
      /cerevisor(?:\.mjs'?)? stop/,
    );
    expect((await world.run('status')).code).toBe(0);
  });

  test('whose token file is missing is not started twice; the message says how to fix it', async () => {
    expect((await world.run('start')).code).toBe(0);
    const pid = world.daemonPid;
    unlinkSync(path.join(world.home, 'daemon-token'));
    const ended = await world.run('sessions');
    expectRefusal(ended, new RegExp(`process ${pid}`), /daemon-token file is missing/, /kill/);
    process.kill(pid, 'SIGTERM');
    await expect.poll(() => existsSync(path.join(world.home, 'daemon.json'))).toBe(false);
    expect((await world.run('sessions')).code).toBe(0);
  });
});

describe('an outdated address file', () => {
  const leave = (home: string, pid: number, port: number): void => {
    const place = { pid, port, startedAt: Date.now(), version: '0.1.0', tokenFile: 'daemon-token' };
    writeFileSync(path.join(home, 'daemon.json'), JSON.stringify(place));
    writeFileSync(path.join(home, 'daemon-token'), 'x'.repeat(43));
  };

  test('of a process that has exited is ignored', async () => {
    const home = world.freshHome('stale-pid');
    leave(home, 2 ** 22 - 3, 9);
    expect((await at(home, 'status')).code).toBe(5);
    expect((await at(home, 'start')).code).toBe(0);
    expect((await at(home, 'stop')).code).toBe(0);
  });

  test.each([
    ['answers everything with a web page', webPage],
    ['answers everything with 404', notFound],
    ['closes every connection', closing],
  ])(
    'of a port where by now a program %s counts as none, and that program is left alone',
    async (name, listen) => {
      const home = world.freshHome(`stale ${name}`);
      await using other = await listen();
      leave(home, process.pid, other.port);
      expect((await at(home, 'status')).code).toBe(5);
      expect((await at(home, 'stop')).stdout).toContain('not running');
      expect((await at(home, 'start')).code).toBe(0);
      expect(await sessionsOf(home)).toEqual([]);
      expect((await at(home, 'stop')).code).toBe(0);
      expect(other.isListening()).toBe(true);
    },
  );
});

describe('a port in use', () => {
  test('is refused if it was requested explicitly, and the data folder stays unlocked', async () => {
    const home = world.freshHome('port-asked');
    await using other = await webPage();
    const { port } = other;
    expectRefusal(
      await at(home, 'start', '--port', String(port)),
      /used by another program/,
      /--port/,
    );
    const foreground = await at(home, 'start', '--foreground', '--port', String(port));
    expectRefusal(foreground, new RegExp(`Port ${port}`));
    const byVariable = await world.runWith(
      { CEREVISOR_HOME: home, CEREVISOR_PORT: String(port) },
      'start',
    );
    expectRefusal(byVariable, /CEREVISOR_PORT/);
    expect((await at(home, 'start', '--port', '0')).code).toBe(0);
    expect((await at(home, 'stop')).code).toBe(0);
  });

  test('that is only preferred is replaced with a free one', async () => {
    const home = world.freshHome('port-preferred');
    await using other = await webPage();
    writeFileSync(
      path.join(home, 'settings.json'),
      JSON.stringify({ version: 1, port: other.port }),
    );
    const started = await world.runWith(
      { CEREVISOR_HOME: home, CEREVISOR_PORT: '' },
      'start',
      '--json',
    );
    expect(started.code, started.stderr).toBe(0);
    expect(JSON.parse(started.stdout).url).not.toContain(`:${other.port}`);
    expect((await at(home, 'stop')).code).toBe(0);
  });
});

/** Longer than what is free in any file that is there already. */
const long = 'x'.repeat(100_000);

function scribble(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, Math.floor(bytes.length / 3), Math.floor((bytes.length * 2) / 3));
  writeFileSync(file, bytes);
}

type Listener = AsyncDisposable & { readonly port: number; readonly isListening: () => boolean };

async function listening(server: ReturnType<typeof createServer>): Promise<Listener> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  return {
    port: address.port,
    isListening: () => server.listening,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}

function webPage(): Promise<Listener> {
  return listening(
    createHttpServer((_, response) => {
      response.setHeader('connection', 'close');
      response.setHeader('content-type', 'text/html');
      response.end('<h1>Another program</h1>');
    }),
  );
}

function notFound(): Promise<Listener> {
  return listening(
    createHttpServer((_, response) => {
      response.writeHead(404, { connection: 'close', 'content-type': 'application/json' });
      response.end('{"error":{"code":"not_found","message":"no"}}');
    }),
  );
}

function closing(): Promise<Listener> {
  return listening(createServer((socket) => socket.destroy()));
}

/** Disks of their own can be made by root on Linux alone; elsewhere there is no full or read-only disk to try. */
function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(path.join(tmpdir(), 'cerevisor-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false; // A container without that right.
  } finally {
    removeFolder(folder);
  }
}

function mounted(name: string, options: string): Disposable & { readonly folder: string } {
  const folder = world.freshHome(name);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', folder]);
  return { folder, [Symbol.dispose]: () => execFileSync('umount', ['--lazy', folder]) };
}

/** Takes every free byte of a disk; returns the file that does. */
function fill(folder: string): string {
  const file = path.join(folder, 'ballast');
  try {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
  } catch {
    return file; // Full, which was the aim.
  }
}
