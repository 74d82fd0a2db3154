import { expect, test } from 'vitest';
import { upcast, versionOf } from './upcasters.ts';

const chains = {
  Launched: [
    (event: object) => ({ ...event, runtime: 'cursor-cloud' }),
    ({ id, ...event }: { id?: unknown }) => ({ ...event, threadId: id }),
  ],
};

test('an event is converted by every upcaster from its own version on, and by no other', () => {
  const first = { type: 'Launched', id: 'bc-1' };
  expect(upcast('Launched', 1, first, chains)).toEqual({
    type: 'Launched',
    runtime: 'cursor-cloud',
    threadId: 'bc-1',
  });
  expect(upcast('Launched', 2, first, chains)).toEqual({
    type: 'Launched',
    threadId: 'bc-1',
  });
  expect(upcast('Launched', 3, first, chains)).toEqual(first);
  expect(versionOf('Launched', chains)).toBe(3);
});

test('each type has its own version, and later versions are not read', () => {
  expect(versionOf('RunEnded', chains)).toBe(1);
  expect(upcast('RunEnded', 1, { type: 'RunEnded' }, chains)).toEqual({ type: 'RunEnded' });
  expect(upcast('RunEnded', 2, { type: 'RunEnded' }, chains)).toBeNull();
  expect(upcast('Launched', 4, {}, chains)).toBeNull();
});

test('the stored object is not changed', () => {
  const stored = Object.freeze({ type: 'Launched', id: 'bc-1' });
  upcast('Launched', 1, stored, chains);
  expect(stored).toEqual({ type: 'Launched', id: 'bc-1' });
});

test('Cursor agents and runs of version 1 become threads and turns', () => {
  const about = { agentId: 'a', attempt: 1 };
  expect(upcast('Launched', 1, { ...about, cursorAgentId: 'bc-1', cursorRunId: 'run-1' })).toEqual({
    ...about,
    threadId: 'bc-1',
    turnId: 'run-1',
    round: 1,
  });
  expect(upcast('LaunchIntended', 1, { ...about, cursorAgentId: 'bc-1' })).toEqual({
    ...about,
    threadId: 'bc-1',
    runtime: 'cursor-cloud',
    account: null,
    round: 1,
  });
  // Early journals have usage that names no run.
  expect(upcast('UsageReported', 1, about)).toEqual(about);
});
