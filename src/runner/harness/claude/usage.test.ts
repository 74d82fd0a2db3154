import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../../../testing/test-folder.ts';
import { parseMessage } from './message.ts';
import { totalsOf, UsageFile, usageBetween } from './usage.ts';

const resultOf = (total_cost_usd: number, inputTokens: number, outputTokens: number) => {
  const used = {
    inputTokens,
    outputTokens,
    cacheReadInputTokens: 3,
    cacheCreationInputTokens: 2,
    thinkingTokens: 1,
  };
  const message = parseMessage({
    type: 'result',
    subtype: 'success',
    total_cost_usd,
    modelUsage: { 'claude-a': used, 'claude-b': { ...used, thinkingTokens: 0 } },
  });
  if (message?.type !== 'result') throw new Error('It is a result');
  return message;
};

it('counts all models of a turn, and of a session only what is new', () => {
  const first = totalsOf(resultOf(0.1, 10, 5));
  expect(usageBetween(null, first)).toEqual({
    inputTokens: 20,
    cacheReadTokens: 6,
    cacheWriteTokens: 4,
    outputTokens: 10,
    reasoningTokens: 1,
    totalTokens: 40,
    costUsd: 0.1,
    costSource: 'reported',
  });
  const second = totalsOf(resultOf(0.3, 15, 6));
  expect(usageBetween(first, second)).toMatchObject({
    inputTokens: 10,
    outputTokens: 2,
    costUsd: 0.2,
  });
});

it('takes a session that began to count again for a new one', () => {
  const first = totalsOf(resultOf(0.5, 100, 5));
  expect(usageBetween(first, totalsOf(resultOf(0.1, 10, 5)))).toMatchObject({ inputTokens: 20 });
});

it('says nothing of money where nothing was used', () => {
  const first = totalsOf(resultOf(0.5, 100, 5));
  expect(usageBetween(first, first)).not.toHaveProperty('costUsd');
});

it('keeps the count on disk, and bears a file that cannot be read', async () => {
  const folder = testFolder();
  const file = new UsageFile(folder);
  expect(await file.read()).toBeNull();
  const totals = totalsOf(resultOf(0.5, 100, 5));
  await file.write(totals);
  expect(await new UsageFile(folder).read()).toEqual(totals);
  writeFileSync(join(folder, 'usage.json'), '{"costUsd"');
  expect(await file.read()).toBeNull();
});
