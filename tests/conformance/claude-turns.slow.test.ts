import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CLAUDE_KEY,
  calls,
  claude,
  claudeThread,
  notices,
  resultsOf,
  resumed,
} from '../../testing/claude-host.ts';
import { HostWorld, script, textOf } from '../../testing/local-host.ts';
import { until } from '../../testing/until.ts';

describe.skipIf(claude === null)('Claude Code in its host', () => {
  let world: HostWorld;
  beforeAll(async () => {
    world = await HostWorld.start();
  });
  afterEach(() => world.clearFaults());
  afterAll(() => world.close());

  it('streams text and thinking, runs a command, and reports tokens and cost', async () => {
    const host = await world.open(claudeThread(world));
    const { items, end } = await host.run(
      script('think deep thoughts', 'say Starting now.', 'run echo hello', 'say All done.'),
    );
    const kinds = items.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind !== 'usage' && kind !== 'tool-output')).toEqual([
      ...['thinking', 'thinking', 'text', 'text', 'tool-call', 'tool-call', 'text', 'text'],
    ]);
    expect(textOf(host.raw)).toBe('Starting now.All done.');
    expect(calls(items)).toEqual(['Bash running', 'Bash completed']);
    expect(resultsOf(items, 'Bash')).toEqual([
      { success: { stdout: 'hello', stderr: '', exitCode: 0 } },
    ]);
    expect(end).toMatchObject({ status: 'FINISHED', result: 'All done.' });
    expect(end.usage).toMatchObject({ costSource: 'reported' });
    expect(end.usage?.costUsd).toBeGreaterThan(0);
    const last = items.findLast((item) => item.kind === 'usage');
    expect(end.usage).toMatchObject(last?.kind === 'usage' ? last.tokens : {});
  });

  it('writes, edits and reads files of the working folder', async () => {
    const thread = claudeThread(world);
    writeFileSync(join(thread.cwd, 'old.txt'), 'one two three\n');
    const host = await world.open(thread);
    const { items } = await host.run(
      script('write new.txt fresh', 'edit old.txt two 2', 'append old.txt four', 'say Done.'),
    );
    expect(readFileSync(join(thread.cwd, 'new.txt'), 'utf8')).toBe('fresh\n');
    expect(readFileSync(join(thread.cwd, 'old.txt'), 'utf8')).toBe('one 2 three\nfour\n');
    const edited = { linesAdded: 1, linesRemoved: 1, path: join(thread.cwd, 'old.txt') };
    expect(resultsOf(items, 'Edit')).toMatchObject([{ success: edited }]);
    expect(resultsOf(items, 'Write')).toMatchObject([{ success: { linesAdded: 1 } }]);
    expect(resultsOf(items, 'Read')).toMatchObject([{ success: { totalLines: 2 } }]);
  });

  it('shows what a command prints while it runs', async () => {
    const thread = claudeThread(world);
    await world.writeFile(
      thread,
      'slow.sh',
      'echo first; while [ ! -e go ]; do sleep 0.1; done; echo last',
    );
    const host = await world.open(thread);
    const ended = host.begin({ turnId: 'turn-1', prompt: script('run sh slow.sh', 'say Done.') });
    const printed = () =>
      host.items.map((item) => (item.kind === 'tool-output' ? item.text : '')).join('');
    await until(() => printed() === 'first\n');
    await world.writeFile(thread, 'go', '');
    expect(await ended).toMatchObject({ status: 'FINISHED' });
    expect(resultsOf(host.items, 'Bash')).toMatchObject([{ success: { stdout: 'first\nlast' } }]);
  });

  it('reports that a command failed, and continues', async () => {
    const host = await world.open(claudeThread(world));
    const { items, end } = await host.run(script('run echo oh >&2; exit 3', 'say Anyway.'));
    expect(calls(items)).toEqual(['Bash running', 'Bash error']);
    expect(JSON.stringify(resultsOf(items, 'Bash'))).toMatch(/Exit code 3.*oh/);
    expect(end.result).toBe('Anyway.');
  });

  it('remembers a conversation in the same host and in another one, and counts each turn separately', async () => {
    const thread = claudeThread(world);
    const host = await world.open(thread);
    const first = await host.run(script('run echo 1', 'say One.'));
    const second = await host.run(script('say Two.'));
    await host.kill();
    const other = await world.open(resumed(thread));
    const third = await other.run(script('say Three.'));
    expect(third.end).toMatchObject({ status: 'FINISHED', result: 'Three.' });
    expect(notices(third.items)).toEqual([]);
    const turns = (await world.modelTurns()).filter(({ sessionKey }) =>
      thread.threadId.endsWith(sessionKey),
    );
    expect(turns.map(({ key }) => key)).toHaveLength(3);
    const costs = [first, second, third].map(({ end }) => end.usage?.costUsd ?? 0);
    // Two requests, then one for each turn with a longer history.
    expect(costs[1]).toBeLessThan(costs[0] ?? 0);
    expect(costs[2]).toBeLessThan((costs[1] ?? 0) * 2);
  });

  it('keeps its key from commands and servers, and its files in the folder of the thread', async () => {
    const thread = claudeThread(world);
    const host = await world.open(thread, {
      ANTHROPIC_API_KEY: 'sk-ant-persons-own',
      OPENAI_API_KEY: 'sk-persons-own',
      SHOP_TOKEN: 'kept',
    });
    const { items } = await host.run(script('run env', 'say Done.'));
    const [printed] = resultsOf(items, 'Bash').map((result) => JSON.stringify(result));
    expect(printed).not.toMatch(/canary|persons-own/);
    expect(printed).toContain('SHOP_TOKEN=kept');
    expect(printed).toContain(`HOME=${world.home}`);
    expect(printed).toContain(`CEREVISOR_THREAD=${thread.threadId}`);
    expect(readdirSync(world.home)).toEqual([]);
    expect(existsSync(join(thread.storeFolder, 'claude', 'config', 'projects'))).toBe(true);
    expect(host.stderrText).not.toContain(CLAUDE_KEY);
  });

  it('reads the rules of the project but no settings of the user', async () => {
    const thread = claudeThread(world);
    writeFileSync(join(thread.cwd, 'CLAUDE.md'), 'Always greet the otter.');
    const host = await world.open(thread);
    await host.run(script('say Hello.'));
    const turn = (await world.modelTurns()).findLast(({ folder }) => folder === thread.cwd);
    expect(turn?.context).toContain('Always greet the otter.');
  });

  it('answers in the requested format', async () => {
    const host = await world.open(claudeThread(world));
    const outputSchema = {
      type: 'object',
      properties: { verdict: { type: 'string' } },
      required: ['verdict'],
      additionalProperties: false,
    };
    const prompt = script('run echo look', 'say {"verdict":"good"}');
    const { end } = await host.run(prompt, { outputSchema });
    expect(end).toMatchObject({ status: 'FINISHED', result: '{"verdict":"good"}' });
  });

  it('plans without changing anything', async () => {
    const thread = claudeThread(world);
    writeFileSync(join(thread.cwd, 'README.md'), '# Shop\n');
    const host = await world.open(thread);
    const { items, end } = await host.run(
      script(
        'read README.md',
        'tool Bash {"command":"ls","description":"List"}',
        'tool Bash {"command":"touch made.txt","description":"Make"}',
        `tool Write {"file_path":${JSON.stringify(join(thread.cwd, 'made.txt'))},"content":"x"}`,
        'tool ExitPlanMode {"plan":"My plan"}',
        'say My plan is to make it.',
      ),
      { mode: 'plan' },
    );
    expect(calls(items).filter((call) => !call.endsWith('running'))).toEqual([
      'Read completed',
      'Bash completed',
      'Bash error',
      'Write error',
      'ExitPlanMode error',
    ]);
    expect(existsSync(join(thread.cwd, 'made.txt'))).toBe(false);
    expect(end).toMatchObject({ status: 'FINISHED', result: 'My plan is to make it.' });
    const next = await host.run(script('write made.txt x', 'say Made.'), { mode: 'agent' });
    expect(next.end.result).toBe('Made.');
    expect(existsSync(join(thread.cwd, 'made.txt'))).toBe(true);
  });

  it('delegates to a subagent, whose calls and text are reported', async () => {
    const host = await world.open(
      claudeThread(world, {
        subagents: [{ name: 'scout', description: 'Looks around', prompt: 'You look around.' }],
      }),
    );
    const task = JSON.stringify('# Scout\n\n```rehearse\nrun echo from below\nsay Seen.\n```');
    const { items, end } = await host.run(script(`subagent scout ${task}`, 'say Back.'));
    const [agent, nested] = items.flatMap((item) => (item.kind === 'tool-call' ? [item] : []));
    expect([agent?.name, nested?.name]).toEqual(['Agent', 'Bash']);
    expect(nested?.callId.startsWith(`${agent?.callId}/`)).toBe(true);
    expect(items).toContainEqual({
      kind: 'tool-output',
      callId: agent?.callId,
      stream: 'stdout',
      text: 'Seen.\n',
    });
    expect(end.result).toBe('Back.');
  });

  it('takes images, another model and a prompt that looks like a command', async () => {
    const host = await world.open(claudeThread(world));
    const data =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
    const { end } = await host.run(`/clear\n\n${script('say Seen.')}`, {
      images: [{ data, mimeType: 'image/png' }],
      model: 'claude-haiku-5-5',
    });
    expect(end).toMatchObject({ status: 'FINISHED', result: 'Seen.' });
    const turn = (await world.modelTurns()).at(-1);
    expect(turn).toMatchObject({ images: 1, model: 'claude-haiku-5-5' });
    const url = await host.run('x', { images: [{ url: 'https://example.com/a.png' }] });
    expect(url.end).toMatchObject({ status: 'ERROR', failure: { code: 'invalid_request' } });
  });
});
