import { expect, it } from 'vitest';
import { failureOf } from './failures.ts';

const answer = (statusCode: number, error: object | string, headers: object = {}) => ({
  statusCode,
  message: 'Bad Request',
  responseBody: typeof error === 'string' ? error : JSON.stringify({ error }),
  responseHeaders: headers,
});
const codeOf = (error: unknown, hasBegun = false) => failureOf(error, { hasBegun }).failure.code;

it.each([
  [answer(401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }), 'unauthorized'],
  [answer(403, { message: 'Not in your plan' }), 'forbidden'],
  [answer(402, { message: 'Payment required' }), 'usage_limit'],
  [
    answer(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
    'usage_limit',
  ],
  [answer(400, { message: 'Your credit balance is too low' }), 'usage_limit'],
  [answer(429, { message: 'Too many requests' }), 'rate_limited'],
  [answer(529, { type: 'overloaded_error', message: 'Overloaded' }), 'overloaded'],
  [answer(503, '<html>Service Unavailable</html>'), 'overloaded'],
  [
    answer(404, { message: 'The model `x` does not exist', code: 'model_not_found' }),
    'invalid_model',
  ],
  [answer(404, { message: 'model: claude-0' }), 'invalid_model'],
  [answer(404, 'page not found'), 'unreachable'],
  [answer(400, { message: 'registry.ollama.ai/x does not support tools' }), 'invalid_model'],
  [
    answer(400, { message: "This model's maximum context length is 8192 tokens" }),
    'context_too_long',
  ],
  [
    answer(400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
    'context_too_long',
  ],
  [answer(400, { message: 'the request exceeds the available context size' }), 'context_too_long'],
  [answer(400, { message: 'Unknown field foo' }), 'invalid_request'],
])('knows %j', (error, code) => expect(codeOf(error)).toBe(code));

it('distinguishes a cut answer from an unreachable provider', () => {
  const refused = new TypeError('fetch failed', {
    cause: new Error('connect ECONNREFUSED 127.0.0.1:1'),
  });
  expect(failureOf(refused, { hasBegun: false })).toMatchObject({
    isTransient: true,
    failure: { code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
  });
  expect(codeOf(new TypeError('terminated'), true)).toBe('stream_cut');
  expect(codeOf({ type: 'overloaded_error', message: 'Overloaded' }, true)).toBe('overloaded');
});

it('parses the retry delay: seconds, milliseconds, a date', () => {
  const waitOf = (headers: object) =>
    failureOf(answer(429, {}, headers), { hasBegun: false }).retryAfterMs;
  expect(waitOf({ 'retry-after': '7' })).toBe(7_000);
  expect(waitOf({ 'retry-after-ms': '250' })).toBe(250);
  expect(waitOf({ 'retry-after': new Date(Date.now() + 60_000).toUTCString() })).toBeGreaterThan(
    50_000,
  );
  expect(waitOf({})).toBeUndefined();
});

it('suggests the address with /v1 where nothing is found at one without, and does not try again', () => {
  const notFound = (url: string) => ({ ...answer(404, '404 page not found'), url });
  expect(
    failureOf(notFound('http://localhost:11434/chat/completions'), { hasBegun: false }),
  ).toEqual({
    isTransient: false,
    failure: {
      code: 'invalid_request',
      message:
        'The provider does not offer its API at http://localhost:11434/chat/completions (HTTP 404).',
      suggestion:
        'Change the address of this provider to http://localhost:11434/v1 in Settings > Providers, or with `cerevisor providers set`.',
    },
  });
  expect(codeOf(notFound('http://localhost:11434/v1/chat/completions'))).toBe('unreachable');
  const missing = { ...answer(404, { message: 'model "x" not found' }), url: 'http://host/chat' };
  expect(codeOf(missing)).toBe('invalid_model');
});
