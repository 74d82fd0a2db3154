import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostThread } from '../../src/runner/harness/harness.ts';
import type { TranscriptItem } from '../../src/transcript/item.ts';
import { HostWorld, script, type TestHost } from '../../testing/local-host.ts';
import { ownLoopThread } from '../../testing/own-loop.ts';
import { startHttpMcpServer } from './mcp-http-server.ts';

let world: HostWorld;
let http: Awaited<ReturnType<typeof startHttpMcpServer>>;
beforeAll(async () => {
  world = await HostWorld.start();
  http = await startHttpMcpServer();
});
afterEach(() => world.clearFaults());
afterAll(async () => {
  http.close();
  await world.close();
});

const calls = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) =>
    item.kind === 'tool-call' && item.status !== 'running' ? `${item.name} ${item.status}` : [],
  );
const resultsIn = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) => (item.kind === 'tool-call' ? JSON.stringify(item.result ?? null) : []));
const notices = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) => (item.kind === 'notice' ? item.text : []));
const ask: NonNullable<HostThread['permissions']> = {
  filesystemWrite: 'ask',
  execution: 'ask',
  network: 'ask',
  mcp: 'ask',
  rules: [],
};
const requestIn = async (host: TestHost, nth = 0) => {
  const requests = () => host.messages.filter((message) => message.kind === 'request');
  await expect.poll(() => requests().length).toBeGreaterThan(nth);
  const found = requests()[nth];
  if (found === undefined) throw new Error('Nothing was asked');
  return found;
};
type Ledger = {
  modelTurns: { prompt: string; images: number; mode: string; tools: string[]; system: string }[];
};
const lastTurn = async () => {
  const answer = await fetch(`${world.url}/rehearsal/ledger`);
  // The ledger's own shape.
  return ((await answer.json()) as Ledger).modelTurns.at(-1);
};

describe('permissions', () => {
  it('requests permission before each call with all details for the user, and follows the answer', async () => {
    const host = await world.open(ownLoopThread(world, 'chat-completions', { permissions: ask }));
    const ended = host.begin({
      turnId: 'turn-1',
      prompt: script('write a.txt hello', 'run echo x > b.txt', 'say Done.'),
    });
    const write = await requestIn(host);
    expect(write.request).toMatchObject({
      category: 'filesystem-write',
      tool: 'write',
      path: 'a.txt',
      diff: expect.stringContaining('+hello'),
      callId: expect.any(String),
    });
    const { requestId } = write.request;
    host.send({
      kind: 'answer',
      turnId: 'turn-1',
      requestId,
      answer: { decision: 'allow', scope: 'once' },
    });
    const run = await requestIn(host, 1);
    expect(run.request).toMatchObject({ category: 'execution', command: 'echo x > b.txt' });
    const denied = { decision: 'deny', scope: 'once', note: 'Not in this folder.' } as const;
    host.send({
      kind: 'answer',
      turnId: 'turn-1',
      requestId: run.request.requestId,
      answer: denied,
    });
    expect(await ended).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    const cwd = (await lastTurn())?.system.match(/Working directory: (.*)/)?.[1] ?? '';
    expect(existsSync(join(cwd, 'a.txt'))).toBe(true);
    expect(existsSync(join(cwd, 'b.txt'))).toBe(false);
    expect(calls(host.items)).toEqual(['write completed', 'shell error']);
    expect(resultsIn(host.items).at(-1)).toContain('Not in this folder.');
  });

  it('withdraws a question when the turn is cancelled', async () => {
    const host = await world.open(ownLoopThread(world, 'chat-completions', { permissions: ask }));
    const ended = host.begin({ turnId: 'turn-1', prompt: script('run touch late') });
    await requestIn(host);
    host.send({ kind: 'cancel', turnId: 'turn-1' });
    expect(await ended).toMatchObject({ status: 'CANCELLED' });
    expect(host.messages.some(({ kind }) => kind === 'withdrawn')).toBe(true);
  });

  it('fetches a private page only if a rule or the user allows exactly that page', async () => {
    const url = http.url;
    const prompt = script(`tool fetch {"url": "${url}"}`, 'say Done.');
    const open = { ...ask, network: 'allow' } as const;
    const without = await world.open(
      ownLoopThread(world, 'chat-completions', { permissions: open }),
    );
    expect(resultsIn((await without.run(prompt)).items).join()).toContain('private address');
    const rule = { category: 'network', pattern: `${url}*`, decision: 'allow' } as const;
    const withRule = { ...open, rules: [rule] };
    const host = await world.open(
      ownLoopThread(world, 'chat-completions', { permissions: withRule }),
    );
    expect(resultsIn((await host.run(prompt)).items).join()).toContain('405');
  });
});

describe('options of a turn', () => {
  it('answers according to a schema, with both APIs', async () => {
    const outputSchema = {
      type: 'object',
      properties: { verdict: { enum: ['good', 'bad'] } },
      required: ['verdict'],
      additionalProperties: false,
    };
    for (const api of ['chat-completions', 'anthropic-messages'] as const) {
      const host = await world.open(ownLoopThread(world, api));
      const prompt = script('run echo looking', 'say {"verdict": "bad"}');
      const { end, items } = await host.run(prompt, { outputSchema });
      expect(end.status).toBe('FINISHED');
      expect(JSON.parse(end.result ?? '')).toEqual({ verdict: 'bad' });
      expect(calls(items)).toEqual(['shell completed']);
      await host.kill();
    }
  });

  it('makes a plan without tools that could change anything', async () => {
    const host = await world.open(ownLoopThread(world));
    const { end } = await host.run('Plan the work.', { mode: 'plan' });
    expect(end.status).toBe('FINISHED');
    const turn = await lastTurn();
    expect(turn).toMatchObject({ mode: 'plan' });
    // Whoever only continues, as after an interruption, is still making a plan.
    await host.run('Go on.');
    expect(await lastTurn()).toMatchObject({ mode: 'plan' });
    expect([...(turn?.tools ?? [])].sort()).toEqual([
      'fetch',
      'glob',
      'grep',
      'ls',
      'read',
      'task',
    ]);
  });

  it('shows pictures to the model', async () => {
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const host = await world.open(ownLoopThread(world));
    const { end } = await host.run('What is it? Change no files.', {
      images: [{ data: png, mimeType: 'image/png' }],
    });
    expect(end.status).toBe('FINISHED');
    expect(await lastTurn()).toMatchObject({ images: 1 });
  });

  it('follows the rules of the project', async () => {
    const thread = ownLoopThread(world);
    mkdirSync(join(thread.cwd, '.cursor/rules'), { recursive: true });
    writeFileSync(join(thread.cwd, 'AGENTS.md'), 'Write haikus.');
    writeFileSync(join(thread.cwd, 'CLAUDE.md'), 'Write haikus.');
    const rule = (alwaysApply: boolean) =>
      `---\ndescription: About styles\nglobs: *.css\nalwaysApply: ${alwaysApply}\n---\nUse ${alwaysApply ? 'spaces' : 'grids'}.`;
    writeFileSync(join(thread.cwd, '.cursor/rules/always.mdc'), rule(true));
    writeFileSync(join(thread.cwd, '.cursor/rules/some.mdc'), rule(false));
    const host = await world.open(thread);
    await host.run(script('say Done.'));
    const system = (await lastTurn())?.system ?? '';
    expect(system.match(/Write haikus/g)).toHaveLength(1);
    expect(system).toContain('Use spaces.');
    expect(system).not.toContain('Use grids.');
    expect(system).toContain('- .cursor/rules/some.mdc: About styles; *.css');
  });
});

describe('MCP servers and subagents', () => {
  const program = fileURLToPath(new URL('local-mcp-server.mjs', import.meta.url));

  it('calls tools of servers over stdio and HTTP, and reports which server cannot be used', async () => {
    const mcpServers = {
      calc: { command: process.execPath, args: [program] },
      echo: { url: http.url, headers: { 'x-token': 'abc' } },
      broken: { command: 'no-such-program-anywhere' },
    };
    const host = await world.open(ownLoopThread(world, 'chat-completions', { mcpServers }));
    const { items, end } = await host.run(
      script('mcp calc add {"a": 2, "b": 3}', 'mcp echo echo {"text": "hi"}', 'say Done.'),
    );
    expect(end).toMatchObject({ status: 'FINISHED' });
    expect(calls(items)).toEqual(['mcp__calc__add completed', 'mcp__echo__echo completed']);
    expect(resultsIn(items).join()).toContain('The sum is 5');
    expect(resultsIn(items).join()).toContain('hi (abc)');
    expect(notices(items).join()).toContain('The MCP server "broken" cannot be used');
  });

  it('lets a subagent work in its own conversation, with its own instructions', async () => {
    const subagents = [{ name: 'tester', description: 'Tests things', prompt: 'You test.' }];
    const thread = ownLoopThread(world, 'anthropic-messages', { subagents });
    const host = await world.open(thread);
    const inner = script('run echo inner > inner.txt', 'say Tested well.');
    const { items, end } = await host.run(
      script(`subagent tester ${JSON.stringify(inner)}`, 'say Outer done.'),
    );
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Outer done.' });
    expect(readFileSync(join(thread.cwd, 'inner.txt'), 'utf8')).toBe('inner\n');
    expect(calls(items)).toEqual(['shell completed', 'task completed']);
    expect(resultsIn(items).at(-1)).toContain('Tested well.');
    const callIds = items.flatMap((item) => (item.kind === 'tool-call' ? item.callId : []));
    expect(callIds[1]).toMatch(/^.+\/.+$/);
  });
});

describe('what can go wrong', () => {
  it.each([
    ['a wrong key', { code: 'invalid_api_key', status: 401 }, 'unauthorized'],
    [
      'no credit',
      { code: 'insufficient_quota', status: 429, message: 'You exceeded your current quota' },
      'usage_limit',
    ],
    [
      'a request that is too long',
      { code: 'x', status: 413, message: 'too large' },
      'context_too_long',
    ],
  ])('%s ends the turn at once', async (_, error, code) => {
    await world.addFault({ operation: 'askModel', path: 'chat' }, { kind: 'error', ...error });
    const host = await world.open(ownLoopThread(world));
    const { end, items } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({
      status: 'ERROR',
      failure: { code, suggestion: expect.any(String) },
    });
    expect(notices(items)).toEqual([]);
  });

  it('a model that does not exist is reported', async () => {
    const host = await world.open(
      ownLoopThread(world, 'chat-completions', { model: 'no-such-model' }),
    );
    const { end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: 'invalid_model' } });
  });

  it('waits as long as the service requires, reports that, and continues', async () => {
    await world.addFault(
      { operation: 'askModel', times: 2 },
      { kind: 'error', code: 'rate_limit', status: 429, retryAfterSeconds: 0.2 },
    );
    const host = await world.open(ownLoopThread(world));
    const { end, items } = await host.run(script('run echo once >> once.txt', 'say Done.'));
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
    expect(notices(items)).toHaveLength(2);
    expect(notices(items)[0]).toContain('attempt 2 of 5');
  });

  it('gives up after five attempts, so that the turn can be resumed later', async () => {
    await world.addFault(
      { operation: 'askModel' },
      { kind: 'error', code: 'overloaded', status: 529, retryAfterSeconds: 0.1 },
    );
    const host = await world.open(ownLoopThread(world));
    const { end, items } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'overloaded' } });
    expect(notices(items)).toHaveLength(4);
  });

  it('summarizes a conversation that has grown too long, and repeats nothing', async () => {
    const thread = ownLoopThread(world, 'chat-completions', {
      modelParameters: { context: '6000' },
    });
    const host = await world.open(thread);
    const lines = Array.from(
      { length: 10 },
      (_, at) => `run echo ${at} >> effects.txt; seq 1 ${900 + at}`,
    );
    const { end, items } = await host.run(script(...lines, 'say All done.'));
    expect(end).toMatchObject({ status: 'FINISHED' });
    expect(end.result).toContain('All done.');
    expect(readFileSync(join(thread.cwd, 'effects.txt'), 'utf8')).toBe(
      '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n',
    );
    expect(notices(items).join()).toContain('was summarized to make room');
  });

  it('resumes the thread from its store in another process', async () => {
    const thread = ownLoopThread(world);
    const first = await world.open(thread);
    await first.run(script('run echo one >> one.txt', 'say First.'));
    await first.kill();
    const second = await world.open({ ...thread, isNew: false });
    const { items } = await second.run('What did I ask before? Change no files.');
    const thoughts = items.map((item) => (item.kind === 'thinking' ? item.text : '')).join('');
    expect(thoughts).toContain('I remember');
  });
});
