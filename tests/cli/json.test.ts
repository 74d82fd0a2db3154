import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentId } from '../../src/workflow/ids.ts';
import {
  type CommandResult,
  runCommand,
  startCommand,
  temporaryHome,
  writeDaemonAddress,
} from '../../testing/command-line.ts';
import {
  sessionIdOf,
  sessionStarted,
  startTestServer,
  type TestServer,
} from '../../testing/server.ts';

/** `--json`: standard output carries one document, or one object per line for commands that follow, and nothing else. */
let server: TestServer;
let file: string;
const ended = sessionIdOf('1a');
const running = sessionIdOf('1b');
const long = sessionIdOf('2c');
const MANY = 2_500;

beforeAll(async () => {
  server = await startTestServer({
    engine: { start: async () => ({ ok: true, value: { sessionId: ended } }) },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  for (const id of [ended, running, long]) server.journal.append(id, [sessionStarted()]);
  const finished = ['plan', 'build'].map((id) => ({
    type: 'AgentSettled' as const,
    round: 1,
    agentId: agentId(id),
    outcome: 'skipped' as const,
  }));
  const end = { type: 'SessionEnded', outcome: 'finished' } as const;
  server.journal.append(ended, [...finished, end]);
  const notes = Array.from({ length: MANY }, () => ({
    type: 'ConnectionChanged' as const,
    agentId: agentId('plan'),
    attempt: 1,
    connection: 'live' as const,
  }));
  server.journal.append(long, [...notes, ...finished, end]);
  file = path.join(server.home, 'shop.cerevisor');
  const agents = [{ id: 'plan', name: 'Planner', instructions: 'Plan.' }];
  const settings = { runMode: 'cloud', cloud: { allowNoRepository: true } };
  writeFileSync(
    file,
    JSON.stringify({ version: '1.0', id: 'shop', name: 'Shop', agents, settings }),
  );
});
afterAll(() => server[Symbol.asyncDispose]());

const cerevisor = (...args: string[]): Promise<CommandResult> =>
  runCommand(server.home, [...args, '--json']);
const linesOf = ({ stdout }: CommandResult) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));

describe('one document on success', () => {
  test.each<[string, () => string[]]>([
    ['open', () => ['open', '--no-browser']],
    ['no command', () => ['--no-browser']],
    ['status', () => ['status']],
    ['doctor', () => ['doctor']],
    ['start', () => ['start']],
    ['license status', () => ['license', 'status']],
    ['auth status', () => ['auth', 'status']],
    ['sessions', () => ['sessions', '--all']],
    ['show', () => ['show', '1a']],
    ['artifacts', () => ['artifacts', '1a']],
    ['export', () => ['export', '1a', '-o', path.join(server.home, 'out.zip')]],
    ['reconnect --detach', () => ['reconnect', '1a', '--detach']],
    ['dismiss', () => ['dismiss', '1a']],
    ['restore', () => ['restore', '1a']],
    ['orphans', () => ['orphans']],
    ['validate', () => ['validate', file]],
    ['run --detach', () => ['run', file, '--detach']],
    ['version', () => ['--version']],
  ])('%s', async (_name, args) => {
    const { stdout, stderr } = await cerevisor(...args());
    expect(() => JSON.parse(stdout), `${stdout}\n${stderr}`).not.toThrow();
    // The key that `auth status` looked for may have an error of its own, which is null without one.
    expect(JSON.parse(stdout).error ?? null).toBeNull();
  });
});

describe('an error with a code, a message and an exit code on failure', () => {
  const nobody = [
    'show',
    'logs',
    'artifacts',
    'export',
    'cancel',
    'reconnect',
    'restore',
    'dismiss',
  ];
  test.each<[string, () => string[], string, number]>([
    ...nobody.map((name): [string, () => string[], string, number] => [
      `${name} of nobody`,
      () => [name, 'ffff'],
      'session_not_found',
      2,
    ]),
    ['retry of nobody', () => ['retry', 'ffff', '--agent', 'plan'], 'session_not_found', 2],
    ['a command that is none', () => ['sesions'], 'bad_usage', 2],
    ['an option that is none', () => ['sessions', '--nope'], 'bad_usage', 2],
    ['an argument that is missing', () => ['show'], 'bad_usage', 2],
    ['a port that is none', () => ['start', '--port', '70000'], 'bad_usage', 2],
    ['rehearse with a port that is none', () => ['rehearse', '--port', 'x'], 'bad_usage', 2],
    ['license without a subcommand', () => ['license'], 'bad_usage', 2],
    ['auth without a subcommand', () => ['auth'], 'bad_usage', 2],
    ['auth with a subcommand that is none', () => ['auth', 'stats'], 'bad_usage', 2],
    ['auth set without a key', () => ['auth', 'set'], 'bad_usage', 2],
    ['dismiss of nothing', () => ['dismiss'], 'bad_usage', 2],
    ['run of a missing file', () => ['run', 'missing.cerevisor'], 'file_not_found', 2],
    ['validate of a missing file', () => ['validate', 'missing.cerevisor'], 'file_missing', 2],
  ])('%s', async (_name, args, code, exitCode) => {
    const failed = await cerevisor(...args());
    expect(JSON.parse(failed.stdout), failed.stderr).toMatchObject({ error: { code } });
    expect(JSON.parse(failed.stdout).error.message).not.toMatch(/outputHelp|^error/);
    expect(failed.code).toBe(exitCode);
    expect(failed.stderr).not.toBe('');
  });

  test('a missing subcommand is reported with the available names', async () => {
    const { error } = JSON.parse((await cerevisor('license')).stdout);
    expect(error.message).toBe('Name a subcommand: status, activate, deactivate.');
  });
});

describe('one object per line for commands that follow', () => {
  test('reconnect to an ended session prints all its events, then its state', async () => {
    for (const id of [ended, long]) {
      const all = linesOf(await cerevisor('reconnect', id));
      expect(all.pop()).toEqual({
        sessionId: id,
        changed: expect.any(Boolean),
        status: 'finished',
      });
      expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
      expect(all.at(-1)).toMatchObject({ type: 'SessionEnded' });
    }
    expect(linesOf(await cerevisor('reconnect', long)).length).toBeGreaterThan(MANY);
  });

  test('reconnect that is interrupted ends with the state of the session', async () => {
    // The stream of an earlier command may not be closed yet.
    await expect.poll(() => server.server.openStreams()).toBe(0);
    const {
      child,
      ended: left,
      waitForOutput,
    } = startCommand(server.home, ['reconnect', '1b', '--json']);
    await expect.poll(() => server.server.openStreams()).toBe(1);
    child.kill('SIGINT');
    await waitForOutput('Detached');
    expect(linesOf(await left).at(-1)).toMatchObject({ sessionId: running, status: 'running' });
  });

  test('logs and a watched run end with the last event', async () => {
    expect(linesOf(await cerevisor('logs', '1a')).at(-1)).toMatchObject({ type: 'SessionEnded' });
    expect(linesOf(await cerevisor('run', file)).at(-1)).toMatchObject({ type: 'SessionEnded' });
  });
});

test('rehearse prints its address and process id, and nothing else on standard output', async () => {
  using home = temporaryHome();
  const options = { environment: { HOME: home.folder, CEREVISOR_REHEARSAL_HOME: home.folder } };
  const first = startCommand(home.folder, ['rehearse', '--json'], options);
  await first.waitForOutput('Rehearsal cloud at');
  const taken = JSON.parse(readFileSync(path.join(home.folder, 'rehearsal.json'), 'utf8'));
  const second = await runCommand(home.folder, ['rehearse', '--json'], options);
  expect(JSON.parse(second.stdout)).toMatchObject({ error: { code: 'locked' } });
  expect(second.code).toBe(5);
  first.child.kill('SIGTERM');
  const { stdout, stderr } = await first.ended;
  expect(JSON.parse(stdout)).toEqual({ url: taken.url, pid: taken.pid });
  expect(stderr).toContain('Rehearsal cloud at');
});
