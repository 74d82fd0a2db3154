import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../src/lib/process.ts';
import {
  type CommandResult,
  type Home,
  runCommand,
  temporaryHome,
} from '../../testing/command-line.ts';
import { stopRehearsal } from '../../testing/detached-processes.ts';

/** The built command, the real daemon and the rehearsal cloud: what a person who tries it out meets. */
let home: Home;
let homeFolder: string;
let workflow: string;

beforeAll(() => {
  home = temporaryHome();
  // A home holds nothing but what is Cerevisor's.
  homeFolder = path.join(home.folder, 'home');
  workflow = path.join(home.folder, 'two.cerevisor');
  const agents = [
    { id: 'one', name: 'First', instructions: 'Look around.' },
    { id: 'two', name: 'Second', instructions: 'Write a note.' },
  ];
  const connections = [{ id: 'c1', source: 'one', target: 'two' }];
  const repos = [{ url: 'https://github.com/cerevisor/sample-shop' }];
  const settings = { runMode: 'cloud', cloud: { repos } };
  writeFileSync(
    workflow,
    JSON.stringify({
      version: '1.0',
      id: 'two',
      name: 'Two agents',
      agents,
      connections,
      settings,
    }),
  );
});

afterAll(async () => {
  await cerevisor('stop');
  await stopRehearsal(homeFolder);
  home[Symbol.dispose]();
});

const cerevisor = (...args: string[]): Promise<CommandResult> => runCommand(homeFolder, args);
const daemonPid = (): number =>
  JSON.parse(readFileSync(path.join(homeFolder, 'daemon.json'), 'utf8')).pid;

test('run starts the daemon, watches the session to its end and says what it left behind', async () => {
  const ended = await cerevisor('run', workflow);
  expect(ended.stderr).toContain('Starting Cerevisor');
  expect(ended.stdout).toContain('✓ finished  Two agents');
  expect(ended.stdout).toMatch(/Second {2}completed/);
  expect(ended.code).toBe(0);
  expect(ended.stdout).not.toContain('\u001b');
});

test('a start cleans up everything that a killed daemon left behind', async () => {
  const pid = daemonPid();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
  expect((await cerevisor('status')).code).toBe(5);
  expect((await cerevisor('start')).code).toBe(0);
  expect(daemonPid()).not.toBe(pid);
  const [session] = JSON.parse((await cerevisor('sessions', '--json')).stdout);
  expect(session).toMatchObject({ workflow: { name: 'Two agents' }, status: 'finished' });
});

test('a second start reports the running daemon; with --foreground it fails', async () => {
  const again = JSON.parse((await cerevisor('start', '--json')).stdout);
  expect(again).toMatchObject({ wasRunning: true, pid: daemonPid() });
  const insisting = await cerevisor('start', '--foreground');
  expect(insisting.code).toBe(5);
  expect(insisting.stderr).toContain('already running');
});

test('cancel waits for the confirmation, and reconnect then ends like the session', async () => {
  const { sessionId } = JSON.parse((await cerevisor('run', workflow, '--detach', '--json')).stdout);
  const cancelled = await cerevisor('cancel', sessionId, '--json');
  expect(JSON.parse(cancelled.stdout)).toMatchObject({ confirmed: true, status: 'cancelled' });
  expect(cancelled.code).toBe(0);
  expect((await cerevisor('reconnect', sessionId)).code).toBe(4);
});

test('stop returns when the process has ended', async () => {
  const pid = daemonPid();
  expect((await cerevisor('stop')).code).toBe(0);
  expect(isAlive(pid)).toBe(false);
  expect((await cerevisor('stop')).code).toBe(0);
});

test('a start that fails reports the reason', async () => {
  using other = temporaryHome();
  const occupied = path.join(other.folder, 'home');
  writeFileSync(occupied, 'a file');
  const ended = await runCommand(occupied, ['start']);
  expect(ended.stderr).toContain('CEREVISOR_HOME');
  expect(ended.code).not.toBe(0);
  mkdirSync(path.join(other.folder, 'fresh'));
  const badPort = await runCommand(path.join(other.folder, 'fresh'), ['start', '--port', '70000']);
  expect(badPort.code).toBe(2);
});
