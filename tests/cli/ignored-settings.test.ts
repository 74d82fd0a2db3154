import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EnvironmentBody } from '../../src/contract/requests.ts';
import type { EnvironmentComparison } from '../../src/contract/responses.ts';
import { compareEnvironment } from '../../src/daemon/shell-environment.ts';
import { runCommand, writeDaemonAddress } from '../../testing/command-line.ts';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';

/** A shell with a key or an address of its own, and a daemon on the rehearsal cloud. */
const KEY = 'crsr_of_the_asking_shell_0123456789';
const rehearsal = { kind: 'rehearsal', url: 'http://127.0.0.1:4790' } as const;
const inUse = { key: null, keySource: 'rehearsal', backend: rehearsal, environment: {} } as const;
let server: TestServer;
let file: string;
const asked: EnvironmentBody[] = [];

beforeAll(async () => {
  server = await startTestServer({
    services: {
      compareEnvironment: async (body): Promise<EnvironmentComparison> => {
        asked.push(body);
        return compareEnvironment(body, inUse, server.token);
      },
    },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  server.journal.append(sessionIdOf('1a'), [sessionStarted()]);
  file = path.join(server.home, 'shop.cerevisor');
  const agents = [{ id: 'plan', name: 'Planner', instructions: 'Plan.' }];
  writeFileSync(file, JSON.stringify({ version: '1.0', id: 'shop', name: 'Shop', agents }));
});
afterAll(() => server[Symbol.asyncDispose]());
afterEach(() => {
  asked.length = 0;
  server.calls.length = 0;
});

const withKey = { environment: { CURSOR_API_KEY: KEY } };

test.each([
  ['run', () => [file]],
  ['retry', () => ['1a', '--agent', 'plan']],
  ['follow-up', () => ['1a', 'More.', '--agent', 'plan']],
  ['reconnect', () => ['1a']],
  ['adopt', () => ['bc-1']],
  ['orphans', () => []],
  ['start', () => []],
])('%s refuses to ignore the key of the shell, and does nothing', async (command, rest) => {
  const refused = await runCommand(server.home, [command, ...rest(), '--json'], withKey);
  const { error } = JSON.parse(refused.stdout);
  expect(error.code).toBe('environment_differs');
  expect(error.message).toContain('the rehearsal cloud');
  expect(error.suggestion).toContain('cerevisor stop');
  expect(refused.code).toBe(2);
  expect(server.calls.filter(({ name }) => name !== 'backendState')).toEqual([]);
});

test('the key leaves the shell only as a hash keyed with a shared secret', async () => {
  const refused = await runCommand(server.home, ['orphans', '--json'], withKey);
  expect(asked).toEqual([
    { keyHash: createHmac('sha256', server.token).update(KEY).digest('hex') },
  ]);
  expect(refused.stdout + refused.stderr + server.logged.join()).not.toContain(KEY);
});

test('another address is named', async () => {
  const environment = { CURSOR_BACKEND_URL: 'https://cursor.example' };
  const refused = await runCommand(server.home, ['run', file, '--json'], { environment });
  expect(JSON.parse(refused.stdout).error.message).toMatch(/^CURSOR_BACKEND_URL is set/);
  expect(refused.code).toBe(2);
});

test('read-only commands work, and report it next to their output', async () => {
  const sessions = await runCommand(server.home, ['sessions', '--json'], withKey);
  expect(JSON.parse(sessions.stdout)).toHaveLength(1);
  const status = await runCommand(server.home, ['status', '--json'], withKey);
  expect(JSON.parse(status.stdout)).toMatchObject({ isRunning: true });
  expect(status.stderr).toContain('CURSOR_API_KEY is set in this shell');
});

test('a shell with no or the same settings gets no message; run --detach says where it runs', async () => {
  const same = { environment: { CURSOR_BACKEND_URL: `${rehearsal.url}/` } };
  for (const options of [{}, same]) {
    const started = await runCommand(server.home, ['run', file, '--detach'], options);
    expect(started.stdout).toMatch(/^Started \w+; the rehearsal cloud bills nothing\./);
    expect(started.code).toBe(0);
  }
});

test('a start that requests another port than the one in use gets a message', async () => {
  const refused = await runCommand(server.home, ['start', '--port', '1234', '--json']);
  expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'environment_differs' });
  const environment = { CEREVISOR_PORT: '1234' };
  expect((await runCommand(server.home, ['start'], { environment })).code).toBe(2);
  expect((await runCommand(server.home, ['start', '--port', '0'])).code).toBe(0);
});
