import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TranscriptItem } from '../../src/transcript/item.ts';
import { API_KEY, HostWorld, script, type TestHost, textOf } from '../../testing/local-host.ts';

let world: HostWorld;
beforeAll(async () => {
  world = await HostWorld.start();
});
afterEach(() => world.clearFaults());
afterAll(() => world.close());

const calls = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) => (item.kind === 'tool-call' ? `${item.name} ${item.status}` : []));
const output = (items: readonly TranscriptItem[], stream: string) =>
  items
    .map((item) => (item.kind === 'tool-output' && item.stream === stream ? item.text : ''))
    .join('');
const notices = (items: readonly TranscriptItem[]) =>
  items.flatMap((item) => (item.kind === 'notice' ? item.text : []));

describe("a thread of Cursor's SDK in its host", () => {
  let host: TestHost;
  let cwd: string;
  beforeAll(async () => {
    const thread = world.newThread();
    ({ cwd } = thread);
    host = await world.open(thread);
  });

  it('works in its folder and reports everything: text, thinking, calls with results, tokens', async () => {
    const { items, end } = await host.run(
      script(
        'think I wonder',
        'say First I look.',
        'write src/a.txt hello',
        'read src/a.txt',
        'run echo out; echo err >&2; exit 3',
        'say All done.',
      ),
    );
    expect(readFileSync(join(cwd, 'src/a.txt'), 'utf8')).toBe('hello\n');
    expect(end).toMatchObject({ status: 'FINISHED', result: 'All done.' });
    expect(end.usage?.totalTokens).toBeGreaterThan(0);
    expect(calls(items)).toEqual([
      'edit running',
      'edit completed',
      'read running',
      'read completed',
      'shell running',
      'shell completed',
    ]);
    expect(items.findLast(({ kind }) => kind === 'tool-call')).toMatchObject({
      result: { success: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } },
    });
    expect(items).toContainEqual({ kind: 'thinking', text: expect.stringContaining('wonder') });
    expect(items.filter(({ kind }) => kind === 'usage')).toHaveLength(1);
    const ids = host.raw.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows what a command prints while it runs', async () => {
    const running = host.begin({
      turnId: 'turn-live',
      prompt: script('run echo one; echo two >&2; until [ -e go ]; do sleep 0.1; done; echo three'),
    });
    await expect.poll(() => output(host.items, 'stdout')).toBe('one\n');
    await expect.poll(() => output(host.items, 'stderr')).toBe('two\n');
    expect(calls(host.items)).toEqual(['shell running']);
    writeFileSync(join(cwd, 'go'), '');
    await running;
    expect(output(host.items, 'stdout')).toBe('one\nthree\n');
  });

  it('hides the key and its own settings from processes that it starts, and marks them with its thread', async () => {
    const { items } = await host.run(script('run env'));
    const environment = output(items, 'stdout');
    expect(environment).toMatch(/^CEREVISOR_THREAD=agent-/m);
    expect(environment).not.toContain(API_KEY);
    expect(environment).not.toMatch(
      /^(CURSOR_BACKEND_URL|NODE_TLS_REJECT_UNAUTHORIZED|NODE_CHANNEL)/m,
    );
    expect(readFileSync(`/proc/${host.child.pid}/environ`, 'utf8')).not.toContain(API_KEY);
    expect(readFileSync(`/proc/${host.child.pid}/cmdline`, 'utf8')).not.toContain(API_KEY);
  });

  it('reports calls that name a path outside the folder', async () => {
    const { items } = await host.run(script('run cat /etc/hostname > /dev/null'));
    expect(notices(items)).toEqual([expect.stringContaining('/etc/hostname')]);
  });

  it('ends a command and its background processes when the turn is cancelled, and accepts the next turn', async () => {
    const turnId = 'turn-cancel';
    const cancelled = host.begin({
      turnId,
      prompt: script('run (sleep 600; touch late) & echo $! > pid; sleep 600; touch late'),
    });
    // The shell creates the file before it writes the number into it.
    const pidIn = () => readFileSync(join(cwd, 'pid'), 'utf8').trim();
    await expect.poll(pidIn).not.toBe('');
    host.send({ kind: 'cancel', turnId });
    expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
    const pid = pidIn();
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
    const next = await host.run(script('say Still here.'));
    expect(next.end).toMatchObject({ status: 'FINISHED', result: 'Still here.' });
    expect(existsSync(join(cwd, 'late'))).toBe(false);
  });

  it('ends with the message of an error, and accepts the next turn', async () => {
    const failed = await host.run(script('fail Not today'));
    expect(failed.end).toMatchObject({
      status: 'ERROR',
      failure: { message: expect.stringContaining('Not today') },
    });
    expect((await host.run(script('say Better.'))).end.result).toBe('Better.');
  });

  it('reports limits and refusals with their codes', async () => {
    const details = { error: 'PRO_USER_USAGE_LIMIT', title: 'Usage limit', detail: 'is reached' };
    await world.addFault(
      { operation: 'runLocal', times: 1 },
      {
        kind: 'turn-error',
        code: 'resource_exhausted',
        details: { ...details, isRetryable: false },
      },
    );
    const { end } = await host.run(script('say Hello.'));
    expect(end).toMatchObject({ status: 'ERROR', failure: { code: 'usage_limit' } });
  });

  it('shows a text once that the service interrupts and repeats', async () => {
    await world.addFault({ operation: 'runLocal', times: 1 }, { kind: 'repeat-text' });
    const words = 'Every word of this is to be read once.';
    const { items, end } = await host.run(script(`say ${words}`));
    expect(items.filter(({ kind }) => kind === 'retracted')).toHaveLength(1);
    expect(textOf(host.raw).trim()).toBe(words);
    expect(end.result?.trim()).toBe(words);
  });

  it('sends the prompt again when the connection is cut before any call, and retracts the text', async () => {
    await world.addFault(
      { operation: 'runLocal', times: 1 },
      { kind: 'cut', afterEvents: 12, how: 'end' },
    );
    const words = 'These are quite a lot of words that are said before anything is done at all.';
    const { items, end } = await host.run(script(`say ${words}`));
    expect(end).toMatchObject({ status: 'FINISHED' });
    expect(textOf(host.raw).trim()).toBe(words);
    expect(items.filter(({ kind }) => kind === 'retracted')).toHaveLength(1);
    expect(notices(items)).toEqual([expect.stringContaining('sent again')]);
  });

  it('counts as interrupted when the connection is cut after a call, and repeats nothing', async () => {
    await world.addFault({ operation: 'runLocal' }, { kind: 'cut', afterEvents: 100 });
    const { items, end } = await host.run(script('run echo x >> count', 'chatter 500'));
    expect(end).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'unreachable' } });
    expect(calls(items)).toEqual(['shell running', 'shell completed']);
    expect(readFileSync(join(cwd, 'count'), 'utf8')).toBe('x\n');
  });

  it('survives an error that the SDK does not handle, and reports it', async () => {
    const broken = world.newThread();
    const other = await world.open(broken);
    await world.addFault(
      { path: '*GetTeamReposOrEmptyIfNotInTeam', times: 1 },
      { kind: 'error', code: 'unavailable', status: 503 },
    );
    const { items } = await other.run(script('run echo hi', 'say Bye.'));
    expect(notices(items)).toEqual([expect.stringContaining('Unhandled error')]);
    expect(other.child.exitCode).toBeNull();
  });
});

describe('a host that cannot work', () => {
  it('reports a key that is refused, and ends', async () => {
    await world.addFault({ operation: 'listModels' }, { kind: 'error', code: 'unauthorized' });
    await world.addFault({ operation: 'exchangeToken' }, { kind: 'error', code: 'unauthorized' });
    const host = await world.open(world.newThread());
    expect(await host.failed).toMatchObject({ code: 'unauthorized' });
    await host.exited;
  });

  it('reports a model that the account does not have', async () => {
    const host = await world.open(world.newThread({ model: 'no-such-model' }));
    expect(await host.failed).toMatchObject({
      code: 'invalid_model',
      message: expect.stringContaining('no-such-model'),
    });
  });

  it('reports a folder that does not exist', async () => {
    const host = await world.open(world.newThread({ cwd: join(world.folder, 'nowhere') }));
    expect(await host.failed).toMatchObject({ message: expect.stringContaining('nowhere') });
  });
});
