import { expect, it } from 'vitest';
import { crashed, failureOf } from './failures.ts';

const of = (status: number | null, errorCode: string | undefined, text: string, reason?: string) =>
  failureOf({ status, errorCode, text, reason });

it.each([
  [401, 'authentication_failed', 'Invalid API key · Fix external API key', 'unauthorized', false],
  [403, 'authentication_failed', 'Failed to authenticate. API Error: 403', 'forbidden', false],
  [400, 'billing_error', 'Credit balance is too low', 'usage_limit', false],
  [429, 'rate_limit', 'API Error: Request rejected (429) · slow', 'rate_limited', true],
  [429, 'rate_limit', 'You have reached your usage limit', 'usage_limit', false],
  [529, 'overloaded', 'API Error: 529', 'overloaded', true],
  [500, 'server_error', 'API Error: 500', 'overloaded', true],
  [404, 'model_not_found', 'There is an issue with the model', 'invalid_model', false],
  [400, 'invalid_request', 'Prompt is too long', 'context_too_long', false],
  [413, 'invalid_request', 'Request too large', 'context_too_long', false],
  [null, 'server_error', 'API Error: Connection refused', 'unreachable', true],
  [null, 'unknown', '', 'unreachable', true],
  [400, 'invalid_request', 'tools: too many', 'invalid_request', false],
])('%s %s "%s" is %s', (status, errorCode, text, code, isTransient) => {
  expect(of(status, errorCode, text)).toMatchObject({ failure: { code }, isTransient });
});

it('leaves out advice that does not apply here', () => {
  const text =
    'API Error: 529 Busy. This is a server-side issue, usually temporary — try again. If it persists, check your inference gateway (127.0.0.1:1).';
  expect(of(529, 'overloaded', text).failure.message).toBe('API Error: 529 Busy.');
  expect(
    of(
      null,
      'server_error',
      'API Error: Connection dropped. Check the gateway set in ANTHROPIC_BASE_URL.',
    ).failure.message,
  ).toBe('The connection to the model was lost: API Error: Connection dropped.');
});

it('reports how the program exited and its last line of stderr', () => {
  expect(crashed('ended with code 1', 'first\nno space left').message).toBe(
    'Claude Code ended with code 1. Last output: no space left',
  );
});
