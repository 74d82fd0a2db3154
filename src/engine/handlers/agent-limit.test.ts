import { expect, test } from 'vitest';
import { limitReached } from './agent-limit.ts';

const limit = (liveLocalAttempts: number, reserved: number) =>
  limitReached(
    {
      journal: { liveAttempts: () => [] },
      maxLiveCloudAttempts: () => 8,
      maxLiveLocalAttempts: () => 2,
    } as unknown as Parameters<typeof limitReached>[0],
    'this-machine',
    { liveCloudAttempts: 0, liveLocalAttempts } as Parameters<typeof limitReached>[2],
    'starts',
    reserved,
  )?.message ?? null;

test('an agent waits while the limit is reached', () => {
  expect(limit(1, 0)).toBe(null);
  expect(limit(2, 0)).toContain('2 agents are running on this machine, which is the limit.');
});

test('slots are kept for interrupted agents, which are resumed before others start', () => {
  expect(limit(0, 1)).toBe(null);
  expect(limit(1, 1)).toContain('Interrupted agents are resumed first.');
  expect(limit(0, 2)).toContain('Interrupted agents are resumed first.');
  expect(limit(2, 1)).toContain('which is the limit.');
});
