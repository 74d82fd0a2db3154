import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readProcesses } from '../../src/runner/processes/process-table.ts';
import {
  calls,
  claude,
  claudeThread,
  notices,
  policy,
  resumed,
} from '../../testing/claude-host.ts';
import { killProcess } from '../../testing/kill-process.ts';
import { HostWorld, script, textOf } from '../../testing/local-host.ts';
import { until } from '../../testing/until.ts';

describe.skipIf(claude === null)('Claude Code when something fails', () => {
  let world: HostWorld;
  beforeAll(async () => {
    world = await HostWorld.start();
  });
  afterEach(() => world.clearFaults());
  afterAll(() => world.close());

  const refuse = (effect: object, match: object = {}) =>
    world.addFault({ operation: 'askModel', ...match }, { kind: 'error', ...effect });

  it('reports what the provider refuses at once, with a message of Cerevisor', async () => {
    const host = await world.open(claudeThread(world));
    const refusals = [
      [401, 'authentication_error', 'invalid x-api-key', 'unauthorized'],
      [403, 'permission_error', 'no access to this model', 'forbidden'],
      [402, 'billing_error', 'Your credit balance is too low.', 'usage_limit'],
      [413, 'request_too_large', 'Request exceeds the maximum size', 'context_too_long'],
      [400, 'invalid_request_error', 'prompt is too long: 9 tokens > 8', 'context_too_long'],
      [400, 'invalid_request_error', 'tools: too many', 'invalid_request'],
    ] as const;
    for (const [status, code, message, ours] of refusals) {
      await refuse({ status, code, message });
      const { items, end } = await host.run(script('say Hello.'));
      expect(end).toMatchObject({ status: 'ERROR', failure: { code: ours } });
      expect(end.failure?.message).not.toMatch(/gateway|ANTHROPIC_BASE_URL/);
      expect(items.filter(({ kind }) => kind !== 'notice')).toEqual([]);
      expect((await world.modelTurns()).at(-1)?.requests.length).toBeLessThanOrEqual(3);
      await world.clearFaults();
    }
    expect((await host.run(script('say Well again.'))).end.result).toBe('Well again.');
  });

  it('reports a model that does not exist', async () => {
    const host = await world.open(claudeThread(world, { model: 'no-such-model' }));
    const { end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: 'invalid_model' } });
    expect(end.failure?.message).toContain('no-such-model');
  });

  it('repeats a rate-limited request after the requested time, and reports that', async () => {
    const limit = { status: 429, code: 'rate_limit_error', retryAfterSeconds: 2 };
    await refuse(limit, { nth: 1, times: 2 });
    const host = await world.open(claudeThread(world));
    const { items, end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Hello.' });
    expect(notices(items)).toEqual([
      'The provider does not accept more requests at the moment. The request is repeated in 2 s (1 of 4).',
      'The provider does not accept more requests at the moment. The request is repeated in 2 s (2 of 4).',
    ]);
  });

  it('gives up on an overloaded model after a few tries; the turn can be resumed', async () => {
    await refuse({ status: 529, code: 'overloaded_error' });
    const host = await world.open(claudeThread(world));
    const { items, end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'overloaded' } });
    const asked = (await world.modelTurns()).at(-1)?.requests.length ?? 0;
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(6);
    expect(notices(items)).toHaveLength(asked - 1);
    await world.clearFaults();
    expect((await host.run(script('say Better.'))).end.result).toBe('Better.');
  });

  it.each([
    ['before the first byte', { kind: 'cut', afterEvents: 0 }],
    ['after the first words', { kind: 'cut', afterDeltas: 2 }],
    [
      'by an error in its middle',
      { kind: 'stream-error', code: 'overloaded_error', afterEvents: 4 },
    ],
    ['by bytes that are no message', { kind: 'garbage', afterEvents: 3 }],
  ])('shows a text once that was cut %s', async (_, effect) => {
    await world.addFault({ operation: 'askModel', nth: 1 }, effect);
    const thread = claudeThread(world);
    const host = await world.open(thread);
    const { end } = await host.run(
      script('say one two three four.', 'run echo x >> once.txt', 'say The end.'),
    );
    expect(end).toMatchObject({ status: 'FINISHED', result: 'The end.' });
    expect(textOf(host.raw)).toBe('one two three four.The end.');
    expect(readFileSync(join(thread.cwd, 'once.txt'), 'utf8')).toBe('x\n');
  });

  it('fails if the service does not respond, and can be resumed', async () => {
    const thread = claudeThread(world);
    const nowhere = { ...thread.connection, baseUrl: 'http://127.0.0.1:9/anthropic' };
    const host = await world.open({ ...thread, connection: nowhere });
    const { end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'unreachable' } });
  });

  it('cancels a command with everything that it started in the background', async () => {
    const thread = claudeThread(world);
    const host = await world.open(thread);
    await world.writeFile(
      thread,
      'slow.sh',
      'setsid sleep 1000 &\nsleep 1001 &\ntouch begun\nsleep 1002\n',
    );
    const ended = host.begin({ turnId: 'turn-1', prompt: script('run sh slow.sh', 'say Never.') });
    await until(() => existsSync(join(thread.cwd, 'begun')));
    host.send({ kind: 'cancel', turnId: 'turn-1' });
    expect(await ended).toMatchObject({ status: 'CANCELLED' });
    expect(textOf(host.raw)).toBe('');
    await until(async () => {
      const rows = await readProcesses();
      return rows.every(
        ({ threadId, pid }) => threadId !== thread.threadId || pid === host.child.pid,
      );
    });
    const next = await host.run(script('say After all.'));
    expect(next.end).toMatchObject({ status: 'FINISHED', result: 'After all.' });
  });

  it('starts a new turn after one that was cancelled before it had begun', async () => {
    const host = await world.open(claudeThread(world));
    const ended = host.begin({ turnId: 'turn-1', prompt: script('say Never.') });
    host.send({ kind: 'cancel', turnId: 'turn-1' });
    expect(await ended).toMatchObject({ status: 'CANCELLED' });
    const next = await host.run(script('say Now.'));
    expect(next.end).toMatchObject({ status: 'FINISHED', result: 'Now.' });
  });

  it('cancels while it waits for an answer', async () => {
    const thread = claudeThread(world, { permissions: policy('ask') });
    const host = await world.open(thread);
    const ended = host.begin({ turnId: 'turn-1', prompt: script('run touch made.txt') });
    await until(() => host.requests.length > 0);
    host.send({ kind: 'cancel', turnId: 'turn-1' });
    expect(await ended).toMatchObject({ status: 'CANCELLED' });
    expect(host.messages.some(({ kind }) => kind === 'withdrawn')).toBe(true);
    expect(existsSync(join(thread.cwd, 'made.txt'))).toBe(false);
  });

  it('reports that the program was killed during a command, and ends the remaining processes', async () => {
    const thread = claudeThread(world);
    const host = await world.open(thread);
    const ended = host.begin({
      turnId: 'turn-1',
      prompt: script('run echo once >> effects.txt; touch begun; while :; do sleep 0.1; done'),
    });
    await until(() => existsSync(join(thread.cwd, 'begun')));
    const rows = await readProcesses();
    const program = rows.find(
      ({ parentPid, name }) => parentPid === host.child.pid && name === 'claude',
    );
    killProcess(program?.pid);
    expect(await ended).toMatchObject({
      status: 'INTERRUPTED',
      failure: { code: 'harness_crashed', message: 'Claude Code was ended by SIGKILL.' },
    });
    expect(calls(host.items)).toEqual(['Bash running']);
    const left = (await readProcesses()).filter(({ threadId }) => threadId === thread.threadId);
    expect(left.map(({ pid }) => pid)).toEqual([host.child.pid]);
    const next = await host.run(script('say Here again.'));
    expect(next.end).toMatchObject({ status: 'FINISHED', result: 'Here again.' });
  });

  it('reports what is missing if Claude Code is not installed or does not start', async () => {
    const thread = claudeThread(world);
    const missing = { path: '/nowhere/claude', version: '0', library: '/nowhere' };
    const host = await world.open({ ...thread, connection: { program: missing } });
    expect(await host.failed).toMatchObject({ code: 'harness_missing' });
    const broken = { ...(claude ?? missing), path: '/bin/false' };
    const other = await world.open({
      ...resumed(thread),
      connection: { ...thread.connection, program: broken },
    });
    const { end } = await other.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'harness_crashed' } });
  });
});
