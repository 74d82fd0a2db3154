import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Preflight } from '../../src/engine/api.ts';
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

const passing: Preflight = { canStart: true, problems: [], summary: null, confirmations: [] };
let preflight: Preflight = passing;
let startAnswer: 'started' | 'license_required' = 'started';
let server: TestServer;
let file: string;
const first = sessionIdOf('1a');
const second = sessionIdOf('1b');

beforeAll(async () => {
  server = await startTestServer({
    engine: {
      preflight: async () => preflight,
      start: async (request) => {
        server.calls.push({ name: 'start', input: [request] });
        if (startAnswer === 'started') return { ok: true, value: { sessionId: first } };
        const message = 'Cloud runs need a license.';
        return {
          ok: false,
          error: { code: 'license_required', message, suggestion: 'Activate one.' },
        };
      },
    },
  });
  writeDaemonAddress(server.home, server.port, server.token);
  for (const id of [first, second]) server.journal.append(id, [sessionStarted()]);
  const outcome = {
    type: 'AgentSettled',
    round: 1,
    agentId: agentId('plan'),
    outcome: 'failed',
  } as const;
  const cause = { code: 'run_error', message: 'The VM broke.', suggestion: 'Try again.' };
  const skipped = { code: 'upstream_failed', message: 'Planner failed.' };
  server.journal.append(first, [
    { ...outcome, cause },
    { ...outcome, agentId: agentId('build'), outcome: 'skipped', cause: skipped },
    { type: 'SessionEnded', outcome: 'failed' },
  ]);
  file = path.join(server.home, 'shop.cerevisor');
  const agents = [{ id: 'plan', name: 'Planner', instructions: 'Plan.' }];
  writeFileSync(file, JSON.stringify({ version: '1.0', id: 'shop', name: 'Shop', agents }));
});
afterAll(() => server[Symbol.asyncDispose]());

const cerevisor = (...args: string[]): Promise<CommandResult> => runCommand(server.home, args);
const parsed = (ended: CommandResult): unknown => JSON.parse(ended.stdout);

describe('finding a session', () => {
  test('accepts any unique prefix of an id, with and without s_', async () => {
    for (const reference of ['1a', 's_1a', first]) {
      const shown = await cerevisor('show', reference, '--json');
      expect(parsed(shown)).toMatchObject({ id: first, status: 'failed', costUsd: 0 });
      expect(shown.code).toBe(0);
    }
  });

  test('an ambiguous prefix results in a list of candidates', async () => {
    const shown = await cerevisor('show', '1');
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain(first);
    expect(shown.stderr).toContain(second);
  });

  test('an unknown session is reported as JSON on standard output and as text on standard error', async () => {
    const shown = await cerevisor('show', 'ffff', '--json');
    expect(shown.code).toBe(2);
    expect(parsed(shown)).toMatchObject({ error: { code: 'session_not_found' } });
    expect(shown.stderr).toMatch(/^error: /);
  });

  test('an unknown option is reported in the same form', async () => {
    const shown = await cerevisor('show', first, '--colour');
    expect(shown.code).toBe(2);
    expect(shown.stderr).toMatch(/^error: unknown option/);
  });

  test('an unknown agent results in a list of the existing ones', async () => {
    const read = await cerevisor('logs', '1a', '--agent', 'Tester');
    expect(read.code).toBe(2);
    expect(read.stderr).toContain('Planner (plan), Builder (build)');
  });
});

describe('looking', () => {
  test('sessions --json is one array; the table has one row per session', async () => {
    const list = parsed(await cerevisor('sessions', '--json'));
    expect(list).toMatchObject([{ id: second }, { id: first }]);
    const { stdout } = await cerevisor('sessions');
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  });

  test('logs --json prints one event per line, from the requested number', async () => {
    const all = (await cerevisor('logs', '1a', '--json')).stdout.trimEnd().split('\n');
    const events = all.map((text) => JSON.parse(text));
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4]);
    expect(events[0]).toMatchObject({ sessionId: first, type: 'SessionStarted' });
    const rest = (await cerevisor('logs', '1a', '--json', '--after', '3')).stdout.trimEnd();
    expect(JSON.parse(rest)).toMatchObject({ seq: 4, type: 'SessionEnded' });
  });

  test('logs --follow ends with the session', async () => {
    const read = await cerevisor('logs', '1a', '--follow');
    expect(read.code).toBe(0);
    expect(read.stdout).toContain('failed: The VM broke. Try again.');
  });

  test('a reader that closes the pipe early is not an error', async () => {
    const { child, ended } = startCommand(server.home, ['logs', '1a', '--json']);
    child.stdout?.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('running', () => {
  const run = (...args: string[]) => cerevisor('run', file, ...args);

  test('run --detach --json prints the id once the start is durable', async () => {
    const ended = await run('--detach', '--json');
    expect(parsed(ended)).toEqual({ sessionId: first });
    expect(ended.code).toBe(0);
  });

  test('passes on all options', async () => {
    await runCommand(
      server.home,
      [
        'run',
        file,
        '--detach',
        '--mode',
        'cloud',
        '--repo',
        'https://x.test/a#main',
        '--input',
        '-',
      ],
      {
        input: 'the diff',
      },
    );
    expect(server.calls.findLast(({ name }) => name === 'start')?.input[0]).toMatchObject({
      mode: 'cloud',
      input: 'the diff',
      repositories: [{ url: 'https://x.test/a', startingRef: 'main' }],
      workflowPath: file,
    });
  });

  test('a watched run ends with the outcome of the session and says what to do', async () => {
    const ended = await run();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('✗ failed  Shop');
    expect(ended.stdout).toContain('Try again.');
  });

  test('a watched run with --json prints one event per line', async () => {
    const ended = await run('--json');
    expect(ended.code).toBe(1);
    const types = ended.stdout
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text).type);
    expect(types.at(-1)).toBe('SessionEnded');
  });

  test('Ctrl-C does not affect the run and says how to reconnect', async () => {
    const { child, ended, waitForOutput } = startCommand(server.home, ['reconnect', '1b']);
    await waitForOutput('Planner  waiting');
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/cerevisor(?:\.mjs'?)? reconnect 1b000000/);
    expect(server.calls.some(({ name }) => name === 'cancel')).toBe(false);
  });

  test('all problems of the workflow are reported with their locations', async () => {
    const place = { path: ['agents', 0, 'name'], pointer: 'agents[0].name', line: 3, column: 5 };
    const suggestion = 'Give it a name.';
    preflight = {
      ...passing,
      canStart: false,
      problems: [
        { code: 'x', severity: 'error', message: 'An agent has no name.', suggestion, ...place },
      ],
    };
    const ended = await run();
    preflight = passing;
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`${file}:3:5: error: An agent has no name.  agents[0].name`);
    expect(ended.stderr).toContain(suggestion);
  });

  test('a problem that the daemon found in the parsed document is located in the file', async () => {
    const problem = { code: 'x', severity: 'warning', message: 'Look at this.' } as const;
    preflight = {
      ...passing,
      problems: [{ ...problem, path: ['agents', 0, 'name'], pointer: 'agents[0].name' }],
    };
    const ended = await run('--detach');
    preflight = passing;
    expect(ended.stderr).toMatch(/shop\.cerevisor:1:\d+: warning: Look at this\./);
  });

  test('without a terminal, a run that needs confirmation starts only with --yes', async () => {
    const message = 'Up to 2 pull requests will be opened. Go on?';
    preflight = { ...passing, confirmations: [{ kind: 'auto-create-pr-fire', message }] };
    const before = server.calls.length;
    const refused = await run('--auto-create-pr', '--detach');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toContain('--yes');
    expect(server.calls).toHaveLength(before);
    const accepted = await run('--auto-create-pr', '--detach', '--yes');
    preflight = passing;
    expect(accepted.code).toBe(0);
    expect(server.calls.at(-1)?.input[0]).toMatchObject({ confirmed: ['auto-create-pr-fire'] });
  });

  test('a missing license has its own exit code', async () => {
    startAnswer = 'license_required';
    const ended = await run('--detach');
    startAnswer = 'started';
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain('Activate one.');
  });

  test('a missing file is reported before anything is started', async () => {
    const ended = await cerevisor('run', 'nowhere.cerevisor');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('nowhere.cerevisor');
  });
});

describe('cleaning up', () => {
  test('dismiss resolves every name before it dismisses anything', async () => {
    const before = server.calls.length;
    expect((await cerevisor('dismiss', '1a', 'ffff')).code).toBe(2);
    expect(server.calls).toHaveLength(before);
    expect((await cerevisor('dismiss', '1a')).code).toBe(0);
    expect(server.calls.at(-1)).toEqual({ name: 'dismiss', input: [[first]] });
    expect((await cerevisor('dismiss')).code).toBe(2);
  });

  test('export writes a complete zip and overwrites nothing without --force', async () => {
    const target = path.join(server.home, 'run.zip');
    expect((await cerevisor('export', '1a', '-o', target)).code).toBe(0);
    expect(readFileSync(target).subarray(0, 2).toString()).toBe('PK');
    writeFileSync(target, 'mine');
    expect((await cerevisor('export', '1a', '-o', target)).code).toBe(2);
    expect(readFileSync(target, 'utf8')).toBe('mine');
    const nowhere = path.join(path.dirname(target), 'missing', 'out.zip');
    const refused = await cerevisor('export', '1a', '-o', nowhere);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`${nowhere} cannot be written: its folder does not exist.`);
    expect((await cerevisor('export', '1a', '-o', target, '--force')).code).toBe(0);
    expect(readFileSync(target).subarray(0, 2).toString()).toBe('PK');
  });
});

describe('without a daemon', () => {
  test('status reports it with its own exit code', async () => {
    using home = temporaryHome();
    const ended = await runCommand(home.folder, ['status', '--json']);
    expect(ended.code).toBe(5);
    expect(parsed(ended)).toMatchObject({ isRunning: false });
  });

  test('an address without a response counts as no daemon', async () => {
    using home = temporaryHome();
    writeDaemonAddress(home.folder, 9, 'x');
    expect((await runCommand(home.folder, ['status'])).code).toBe(5);
    writeFileSync(path.join(home.folder, 'daemon.json'), '{"pid":');
    expect((await runCommand(home.folder, ['status'])).code).toBe(5);
    expect((await runCommand(home.folder, ['stop'])).code).toBe(0);
  });

  test('validate validates a file by itself', async () => {
    using home = temporaryHome();
    // As `run` would: the file names no mode, so its agents work on this machine and need no repository target.
    const alone = await runCommand(home.folder, ['validate', file]);
    expect(alone).toMatchObject({ code: 0 });
    const inCloud = await runCommand(home.folder, ['validate', file, '--mode', 'cloud']);
    expect(inCloud.code).toBe(2);
    expect(inCloud.stdout).toContain('repository');
    const conditions = ['--mode', 'cloud', '--repo', 'https://github.com/acme/shop'];
    const good = await runCommand(home.folder, ['validate', file, ...conditions]);
    expect(good).toMatchObject({ code: 0 });
    const broken = path.join(server.home, 'broken.cerevisor');
    writeFileSync(broken, '{"version":"1.0","id":"x","name":"X",\n "agents": 7}');
    const bad = await runCommand(home.folder, ['validate', broken]);
    expect(bad.code).toBe(2);
    expect(bad.stdout).toContain(`${broken}:2:`);
    expect(parsed(await runCommand(home.folder, ['validate', broken, '--json']))).toMatchObject({
      ok: false,
    });
  });
});

describe('usage', () => {
  test('a mistyped command gets a suggestion and the usage', async () => {
    for (const words of [['sesions'], ['help', 'sesions']]) {
      const ended = await cerevisor(...words);
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain("unknown command 'sesions'");
      expect(ended.stderr).toContain('Did you mean sessions?');
      expect(ended.stderr).toContain('Usage: cerevisor');
      expect(ended.stderr).not.toContain('Clean up:');
    }
  });

  test('with --json, a usage error is JSON too', async () => {
    const ended = await cerevisor('logs', '--json');
    expect(ended.code).toBe(2);
    expect(parsed(ended)).toMatchObject({ error: { code: 'bad_usage' } });
  });

  test('the help of every command contains examples', async () => {
    const { stdout } = await cerevisor('--help');
    const names = [...stdout.matchAll(/^ {2}([a-z-]+)(?: \[options\]| \[command\])?/gm)].map(
      (found) => found[1] ?? '',
    );
    for (const name of ['run', 'sessions', 'logs', 'cancel', 'start', 'auth'])
      expect(names).toContain(name);
    const helps = await Promise.all(
      ['run', 'cancel', 'export'].map((name) => cerevisor(name, '--help')),
    );
    for (const help of helps) expect(help.stdout).toContain('Examples:');
  });
});

test('problems caused by an option or the license have no line in the file', async () => {
  const severity = 'error' as const;
  const repos = ['settings', 'cloud', 'repos', 0];
  const problems = [
    { severity, code: 'license_required', path: [], pointer: '', message: 'No license.' },
    { severity, code: 'repository_invalid', path: repos, pointer: '/settings', message: 'No.' },
  ];
  preflight = { ...passing, canStart: false, problems };
  const byOption = ['--repo', 'https://github.com/acme/shop'];
  const refused = await cerevisor('run', file, ...byOption);
  const lines = refused.stderr.split('\n').filter((line) => line.includes('error: N'));
  preflight = passing;
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(/^error: No/);
});

test.skipIf(!existsSync('/dev/full'))('says that its output could not be written', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['bin/cerevisor.mjs', 'completion', 'bash'],
    {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    },
  );
  closeSync(full);
  expect(status).toBe(5);
  expect(stderr).toMatch(/^error: The output could not be written: ENOSPC.*\n$/);
});
