import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import {
  type CommandResult,
  type Home,
  runCommand,
  temporaryHome,
  writeDaemonAddress,
} from '../../testing/command-line.ts';
import { startTestServer } from '../../testing/server.ts';

/** A daemon that says that it is of an earlier version, as one does after an update. */
const offline = { CURSOR_BACKEND_URL: 'http://127.0.0.1:9', CURSOR_API_KEY: 'crsr_test' };

test('an older daemon that is busy continues, and a message says so', async () => {
  await using server = await startTestServer({
    engine: { workInProgress: () => ['launching', 'fetching-artifacts'] },
  });
  const older = { version: '0.0.1', commit: null, isDetached: true };
  writeDaemonAddress(server.home, server.port, server.token, older);
  const ended = await runCommand(server.home, ['sessions', '--json']);
  expect(ended).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(ended.stderr).toContain('0.0.1, which is older than this command');
  expect(ended.stderr).toContain('it is launching an agent and is downloading artifacts');
});

test('one that a terminal or a service started is not replaced', async () => {
  await using server = await startTestServer();
  writeDaemonAddress(server.home, server.port, server.token, { version: '0.0.1' });
  const ended = await runCommand(server.home, ['sessions', '--json']);
  expect(ended.stderr).toContain('was started in a terminal or by a service');
  expect(ended.code).toBe(0);
});

test('one with another key or address than this shell is not replaced', async () => {
  await using server = await startTestServer({
    services: {
      compareEnvironment: async () => ({
        differs: [],
        keySource: 'environment',
        backend: { kind: 'cursor', url: 'https://api.cursor.com' },
        taken: ['CURSOR_API_KEY'],
      }),
    },
  });
  writeDaemonAddress(server.home, server.port, server.token, {
    version: '0.0.1',
    commit: null,
    isDetached: true,
  });
  const ended = await runCommand(server.home, ['sessions', '--json']);
  expect(ended.stderr).toContain('was started with a different CURSOR_API_KEY than this shell has');
  expect(ended.code).toBe(0);
});

test('a newer daemon is used, and a message says so', async () => {
  await using server = await startTestServer();
  writeDaemonAddress(server.home, server.port, server.token, {
    version: '99.0.0',
    commit: null,
    isDetached: true,
  });
  const ended = await runCommand(server.home, ['sessions', '--json']);
  expect(ended.stderr).toContain('99.0.0, which is newer than this command');
  expect(ended.code).toBe(0);
});

test('tells clients which version is installed now', async () => {
  await using server = await startTestServer({
    services: { installedBuild: () => ({ version: '0.2.0', commit: null }) },
  });
  expect(await server.client.status()).toMatchObject({ installed: '0.2.0', busyWith: [] });
  await using same = await startTestServer();
  expect((await same.client.status()).installed).toBe(null);
});

let home: Home;
let pid = 0;
beforeEach(() => {
  home = temporaryHome();
});
afterEach(async () => {
  if (pid !== 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => pid === 0 || !isAlive(pid)).toBe(true);
  home[Symbol.dispose]();
});

test('an idle older daemon is replaced, and its address stays the same', async () => {
  const cerevisor = (...args: string[]): Promise<CommandResult> =>
    runCommand(home.folder, args, { environment: offline });
  const first = JSON.parse((await cerevisor('start', '--port', '0', '--json')).stdout);
  pid = first.pid;
  const file = path.join(home.folder, 'daemon.json');
  const noted = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify({ ...noted, version: '0.0.1' }));
  const ended = await cerevisor('sessions', '--json');
  expect(ended).toMatchObject({ code: 0, stdout: '[]\n' });
  expect(ended.stderr).toContain('Replacing the running Cerevisor 0.0.1');
  expect(isAlive(first.pid)).toBe(false);
  const again = await cerevisor('start', '--json');
  expect(again.stderr).not.toContain('Replacing');
  const second = JSON.parse(again.stdout);
  pid = second.pid;
  expect(second).toMatchObject({ wasRunning: true, url: first.url });
});
