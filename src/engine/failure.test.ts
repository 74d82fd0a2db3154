import { expect, test } from 'vitest';
import { failureOf } from './failure.ts';

test('a failure contains no key that a provider quotes, and counts the redactions', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const failure = failureOf({
    code: 'invalid_request',
    message: `The prompt holds:\n${token}`,
    suggestion: 'Take DB_PASSWORD=hunter2hunter2 out.',
  });
  expect(failure).toEqual({
    code: 'invalid_request',
    message: 'The prompt holds:\n[redacted]',
    suggestion: 'Take DB_PASSWORD=[redacted] out.',
    redactions: 2,
  });
  expect(failureOf({ code: 'unreachable', message: 'No answer.' })).toEqual({
    code: 'unreachable',
    message: 'No answer.',
  });
});
