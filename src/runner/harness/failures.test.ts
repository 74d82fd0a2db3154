import { expect, test } from 'vitest';
import { diskFull, withFullDisk } from './failures.ts';

const end = (code: string, message: string, status: 'ERROR' | 'INTERRUPTED' = 'INTERRUPTED') => ({
  status,
  failure: { code, message },
});

test.each([
  // Claude Code, Codex, and Cerevisor's own loop.
  [
    'harness_crashed',
    'Claude Code exited with code 1. Last output: ENOSPC: no space left on device',
  ],
  [
    'harness_crashed',
    'Codex exited with code 101. Last output: No space left on device (os error 28)',
  ],
  ['protocol', 'failed to write the rollout: Disk quota exceeded (os error 122)'],
  ['host_failed', "The agent's process ended because of an unhandled error: ENOSPC: no space left"],
  ['host_died', "The agent's process exited with code 70. Last output: SQLITE_FULL"],
])('a full disk ends the turn with plain words: %s, %s', (code, message) => {
  expect(withFullDisk(end(code, message))).toEqual({ status: 'ERROR', failure: diskFull });
  expect(withFullDisk(end(code, message, 'ERROR'))).toEqual({ status: 'ERROR', failure: diskFull });
});

test('other ends stay as they are', () => {
  for (const other of [
    end('harness_crashed', 'Claude Code exited with code 1.'),
    // The disk of the provider's server.
    end('overloaded', 'The provider has a problem: no space left on device (HTTP 500)', 'ERROR'),
    { status: 'FINISHED' as const, result: 'The build says: No space left on device' },
    { status: 'CANCELLED' as const },
  ])
    expect(withFullDisk(other)).toBe(other);
});
