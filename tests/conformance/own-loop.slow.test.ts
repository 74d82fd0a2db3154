import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TranscriptItem } from '../../src/transcript/item.ts';
import { HostWorld, script, type TestHost, textOf } from '../../testing/local-host.ts';
import { ownLoopThread } from '../../testing/own-loop.ts';

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

describe.each(['chat-completions', 'anthropic-messages'] as const)(
  'the own loop over %s',
  (api) => {
    let host: TestHost;
    let cwd: string;
    beforeAll(async () => {
      const thread = ownLoopThread(world, api);
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
          'edit src/a.txt hello goodbye',
          'ls src',
          'glob **/*.txt',
          'grep goodbye',
          'run echo out; echo err >&2; exit 3',
          'say All done.',
        ),
      );
      expect(end).toMatchObject({ status: 'FINISHED', result: 'All done.' });
      expect(readFileSync(join(cwd, 'src/a.txt'), 'utf8')).toBe('goodbye\n');
      expect(calls(items).filter((call) => call.endsWith('completed'))).toEqual(
        ['write', 'read', 'read', 'edit', 'ls', 'glob', 'grep', 'shell'].map(
          (one) => `${one} completed`,
        ),
      );
      expect(items.findLast(({ kind }) => kind === 'tool-call')).toMatchObject({
        result: { success: { exitCode: 3, stdout: 'out\n', stderr: 'err\n' } },
      });
      expect(items).toContainEqual({ kind: 'thinking', text: expect.stringContaining('wonder') });
      const { inputTokens = 0, outputTokens = 0, totalTokens = 0 } = end.usage ?? {};
      expect(inputTokens).toBeGreaterThan(0);
      expect(totalTokens).toBeGreaterThan(outputTokens);
      const ids = host.raw.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('remembers the previous turns', async () => {
      const { items, end } = await host.run('Look around. Change no files.');
      expect(end.status).toBe('FINISHED');
      const thoughts = items.map((item) => (item.kind === 'thinking' ? item.text : '')).join('');
      expect(thoughts).toContain('I remember');
    });

    it('ends a command and its background processes when the turn is cancelled, and accepts the next turn', async () => {
      const cancelled = host.begin({
        turnId: 'turn-cancel',
        prompt: script('run (sleep 600; touch late) & echo $! > pid; sleep 600; touch late'),
      });
      // The shell creates the file before it writes the number into it.
      const pidIn = () => readFileSync(join(cwd, 'pid'), 'utf8').trim();
      await expect.poll(pidIn).not.toBe('');
      host.send({ kind: 'cancel', turnId: 'turn-cancel' });
      expect(await cancelled).toMatchObject({ status: 'CANCELLED' });
      const pid = pidIn();
      await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
      const next = await host.run(script('say Still here.'));
      expect(next.end).toMatchObject({ status: 'FINISHED', result: 'Still here.' });
      expect(existsSync(join(cwd, 'late'))).toBe(false);
    });

    it('shows what a command prints while it runs', async () => {
      const running = host.begin({
        turnId: 'turn-live',
        prompt: script(
          'run echo one; echo two >&2; until [ -e go ]; do sleep 0.1; done; echo three',
        ),
      });
      await expect.poll(() => output(host.items, 'stdout')).toBe('one\n');
      await expect.poll(() => output(host.items, 'stderr')).toBe('two\n');
      writeFileSync(join(cwd, 'go'), '');
      await running;
      expect(output(host.items, 'stdout')).toBe('one\nthree\n');
    });

    it('shows a text once when the answer is cut off, and continues', async () => {
      await world.addFault(
        { operation: 'askModel', times: 1 },
        { kind: 'cut', afterDeltas: 3, how: 'reset' },
      );
      const words = 'Every word of this is to be read once.';
      const { items, end } = await host.run(script(`say ${words}`));
      expect(end).toMatchObject({ status: 'FINISHED', result: words });
      expect(items.filter(({ kind }) => kind === 'retracted')).toHaveLength(1);
      expect(textOf(host.raw).trim()).toBe(words);
    });
  },
);
