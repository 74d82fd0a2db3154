import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LocalWorld, TurnReader } from '../../testing/local/local-world.ts';
import { newThreadId, turnIdOf } from '../../testing/local/runner-world.ts';
import { until } from '../../testing/until.ts';

const script = (...lines: readonly string[]) => ['```rehearse', ...lines, '```'].join('\n');

test('a killed runner is restarted; the turn is reported as interrupted and continues on the same thread', async () => {
  await using world = await LocalWorld.start();
  const threadId = newThreadId();
  const turnId = turnIdOf(threadId);
  const launched = await world.runtime.launch(
    world.request(
      threadId,
      script(
        'say I begin.',
        'run echo x >> once.txt',
        `run echo started >> cut.txt; while [ ! -e go ]; do sleep 0.1; done`,
        'write after.txt after',
        'say Done.',
      ),
    ),
  );
  expect(launched.kind).toBe('launched');
  const reading = new TurnReader(world.runtime, threadId, turnId);
  const cwd = await until(async () => {
    const [thread] = await world.client.threads();
    return thread?.cwd ?? null;
  });
  await until(() => existsSync(join(cwd, 'cut.txt')));
  await until(() => reading.text.includes('cut.txt'));
  await world.killRunner();
  expect(await reading.end).toEqual({ kind: 'complete' });
  const record = reading.facts.at(-1)?.record;
  expect(record).toMatchObject({ status: 'INTERRUPTED', failure: { code: 'runner_died' } });
  expect(record?.unfinishedCalls).toHaveLength(1);
  expect(reading.text).toContain('may or may not have taken effect');

  const prompt = await world.runtime.resumePrompt?.(threadId, turnId);
  if (prompt?.ok !== true) throw new Error('There is no prompt');
  expect(prompt.value).toMatch(/- \[done\] shell .*once\.txt/);
  expect(prompt.value).toMatch(/- \[unknown\] shell .*cut\.txt/);
  writeFileSync(join(cwd, 'go'), '');
  const followUp = {
    threadId,
    followUpId: 'f_00ff',
    purpose: 'resume' as const,
    prompt: prompt.value,
    model: 'composer-2',
    knownTurnIds: [turnId],
  };
  expect(await world.runtime.followUp(followUp)).toMatchObject({
    kind: 'launched',
    turn: { turnId: 'turn-00ff' },
  });
  expect((await world.runtime.followUp(followUp)).kind).toBe('launched');
  const second = new TurnReader(world.runtime, threadId, 'turn-00ff');
  expect(await second.end).toEqual({ kind: 'complete' });
  const after = second.facts.at(-1)?.record;
  expect(after, second.text).toMatchObject({ status: 'FINISHED' });
  expect(readFileSync(join(cwd, 'once.txt'), 'utf8')).toBe('x\n');
  expect(world.git('show', `${after?.branches[0]?.branch}:after.txt`)).toBe('after');
});

test('eight parallel agents stay in their own worktrees and report their memory usage', async () => {
  await using world = await LocalWorld.start();
  const agents = Array.from({ length: 8 }, (_, index) => ({
    threadId: newThreadId(),
    agentName: `builder ${index}`,
    text: `made by ${index}`,
  }));
  await Promise.all(
    agents.map(async ({ threadId, agentName, text }) => {
      const request = world.request(threadId, script(`write made.txt ${text}`, 'say Done.'));
      const { workspace } = request;
      if (workspace === undefined) throw new Error('The request has a folder');
      await world.runtime.launch({ ...request, workspace: { ...workspace, agentName } });
    }),
  );
  const ends = await Promise.all(
    agents.map(async ({ threadId, text }) => {
      const reading = new TurnReader(world.runtime, threadId, turnIdOf(threadId));
      await reading.end;
      return { text, record: reading.facts.at(-1)?.record };
    }),
  );
  for (const { text, record } of ends) {
    expect(record).toMatchObject({ status: 'FINISHED' });
    expect(world.git('show', `${record?.branches[0]?.branch}:made.txt`)).toBe(text);
  }
  const told = (await world.client.threads()).filter(({ rssBytes = 0 }) => rssBytes > 0);
  expect(told.length).toBeGreaterThan(0);
});
