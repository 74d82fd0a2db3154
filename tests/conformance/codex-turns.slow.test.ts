import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TranscriptItem } from '../../src/transcript/item.ts';
import {
  type CodexTestThread,
  CodexWorld,
  cachedCodex,
  FUNCTION_MODEL,
  SCRIPTING_MODEL,
} from '../../testing/codex-host.ts';
import { script } from '../../testing/local-host.ts';

const isThere = (await cachedCodex()) !== null;

const call = (items: readonly TranscriptItem[], name: string) =>
  items.findLast((item) => item.kind === 'tool-call' && item.name === name);
const saidIn = (items: readonly TranscriptItem[], kind: 'text' | 'thinking') =>
  items.flatMap((item) => (item.kind === kind ? [item.text] : [])).join('');

describe.skipIf(!isThere)('Codex', () => {
  let world: CodexWorld;
  beforeAll(async () => {
    world = await CodexWorld.start();
  });
  afterAll(() => world.close());

  describe.each([
    ['with scripts', SCRIPTING_MODEL],
    ['with functions', FUNCTION_MODEL],
  ])('%s', (_, model) => {
    let thread: CodexTestThread;
    let cwd: string;
    const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
    beforeAll(async () => {
      const asked = world.newThread({ model });
      ({ cwd } = asked);
      thread = await world.open(asked);
    });

    it('works in its folder and reports everything: text, thinking, commands, changes, tokens', async () => {
      const { items, end } = await thread.run(
        script(
          'think Let me see.',
          'say I begin.',
          'write a.txt hello',
          'edit a.txt hello there',
          'run cat a.txt; exit 3',
          'say Done.',
        ),
      );
      expect(end).toMatchObject({ status: 'FINISHED', result: 'Done.' });
      expect(read('a.txt')).toBe('there\n');
      expect(saidIn(items, 'thinking')).toContain('Let me see.');
      expect(saidIn(items, 'text')).toContain('I begin.');
      expect(call(items, 'apply_patch')).toMatchObject({
        status: 'completed',
        result: { success: { linesAdded: 1, linesRemoved: 1 } },
      });
      expect(call(items, 'shell')).toMatchObject({
        status: 'completed',
        args: { command: 'cat a.txt; exit 3' },
        result: { success: { stdout: 'there\n', exitCode: 3 } },
      });
      const { usage } = end;
      expect(usage?.inputTokens).toBeGreaterThan(0);
      expect(usage?.totalTokens).toBe(
        (usage?.inputTokens ?? 0) +
          (usage?.cacheReadTokens ?? 0) +
          (usage?.cacheWriteTokens ?? 0) +
          (usage?.outputTokens ?? 0),
      );
      expect(usage).not.toHaveProperty('costUsd');
    });

    it('shows what a command prints while it runs', async () => {
      const ended = thread.begin({
        turnId: `turn-${crypto.randomUUID()}`,
        prompt: script('run echo one; sleep 0.5; echo two; until [ -e go ]; do sleep 0.1; done'),
      });
      const printed = () =>
        thread.items.flatMap((item) => (item.kind === 'tool-output' ? [item.text] : [])).join('');
      await expect.poll(printed).toContain('two');
      expect(call(thread.items, 'shell')).toMatchObject({ status: 'running' });
      writeFileSync(join(cwd, 'go'), '');
      expect((await ended).status).toBe('FINISHED');
    });

    it('remembers the thread in a further turn', async () => {
      await thread.run(script('say Remember the word pineapple.'));
      const { items } = await thread.run('What do you remember?');
      expect(saidIn(items, 'thinking')).toContain('pineapple');
    });

    it('answers according to a schema', async () => {
      const outputSchema = {
        type: 'object',
        properties: { sum: { type: 'number' } },
        required: ['sum'],
        additionalProperties: false,
      };
      const { end } = await thread.run(script('say {"sum": 3}'), { outputSchema });
      expect(JSON.parse(end.result ?? '')).toEqual({ sum: 3 });
    });

    it('hides its settings and keys from processes that it starts, and marks them with its thread', async () => {
      const { items } = await thread.run(script('run env'));
      const printed = JSON.stringify(call(items, 'shell'));
      expect(printed).toContain(`CEREVISOR_THREAD=${thread.thread.threadId}`);
      expect(printed).toContain(`HOME=${world.userHome}`);
      expect(printed).toContain('SECRET_OF_THE_PERSON=kept');
      expect(printed).not.toMatch(
        /CODEX_HOME|sk-only|sk-of-somebody-else|NODE_CHANNEL|TMPDIR=[^"]*harness/,
      );
    });

    it('only reads in plan mode, and may change files again afterward', async () => {
      const { items } = await thread.run(
        script('tool exec_command {"cmd": "touch planned; ls"}', 'artifact planned x'),
        { mode: 'plan' },
      );
      expect(JSON.stringify(call(items, 'shell'))).toContain('Read-only file system');
      expect(existsSync(join(cwd, 'planned'))).toBe(false);
      expect(existsSync(join(cwd, 'artifacts'))).toBe(false);
      await thread.run(script('run touch carried-out'));
      expect(existsSync(join(cwd, 'carried-out'))).toBe(true);
    });
  });
});
