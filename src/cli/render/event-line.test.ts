import { expect, test } from 'vitest';
import type { EventView } from '../../contract/views.ts';
import { describeEvent } from './event-line.ts';

test('a lost stream is told without a claim that its run goes on, for it may have ended', () => {
  const event = {
    seq: 1,
    type: 'ConnectionChanged',
    agentId: 'plan',
    attempt: 1,
    connection: 'reconnecting',
    reason: 'the stream broke off',
    // As much of an event as its sentence reads.
  } as unknown as EventView;
  const backend = 'cursor';
  expect(describeEvent(event, (id) => id, backend)?.text).toBe(
    'reconnecting: the stream broke off',
  );
});
