import { expect, test } from 'vitest';
import { heartbeatOf } from './follow-turn.ts';

const heartbeat = (code: string) =>
  heartbeatOf({ log: { writeError: Object.assign(new Error(`${code}: write`), { code }) } });

test('a heartbeat says why nothing new can be recorded', () => {
  expect(heartbeatOf({ log: { writeError: null } })).toEqual({ heartbeat: true });
  expect(heartbeat('ENOSPC')).toEqual({
    heartbeat: true,
    trouble:
      'Its newest work cannot be recorded: the disk is full. Free some space; then it continues, or says what to do.',
  });
  expect(heartbeat('EIO')).toMatchObject({ trouble: expect.stringContaining('Fix this; then it') });
});
