import { describe, expect, it } from 'vitest';
import fc from '../../../testing/properties.ts';
import { causeCodes, failureFromNetwork, failureFromResponse, parseRetryAfter } from './errors.ts';

const now = Date.parse('2026-11-01T00:00:00Z');
const codeOf = (status: number, body: unknown) =>
  failureFromResponse({ status, body: typeof body === 'string' ? body : JSON.stringify(body) }, now)
    .error.code;

describe('the mapping of errors', () => {
  it.each([
    [401, { error: { code: 'api_key_not_found', message: 'm' } }, 'unauthorized'],
    [404, { error: { code: 'run_not_found', message: 'm' } }, 'not_found'],
    [409, { error: { code: 'agent_busy', message: 'm' } }, 'busy'],
    [409, { error: { code: 'agent_archived', message: 'm' } }, 'archived'],
    [409, { error: { code: 'run_not_cancellable', message: 'm' } }, 'not_cancellable'],
    [429, { error: { code: 'usage_limit_exceeded', message: 'm' } }, 'usage_limit'],
    [429, { error: 'Too Many Requests', message: 'm' }, 'rate_limited'],
    [403, { error: { code: 'feature_unavailable', message: 'm' } }, 'feature_unavailable'],
    [
      400,
      { error: { code: 'validation_error', message: "Model 'x' is not available or invalid" } },
      'invalid_model',
    ],
    [
      400,
      { error: { code: 'validation_error', message: 'Branch x does not exist' } },
      'repository_unavailable',
    ],
    [
      400,
      { error: { code: 'validation_error', message: 'ERROR_GITHUB_NO_USER_CREDENTIALS' } },
      'integration_not_connected',
    ],
    [410, { code: 'cursor_expired' }, 'not_found'],
    [418, { error: { code: 'brand_new', message: 'm' } }, 'invalid_request'],
    [500, '', 'unreachable'],
    [404, '', 'not_found'],
    [404, '<html>', 'unreachable'],
    [401, '<html>', 'unreachable'],
    [429, '<html>', 'rate_limited'],
    [302, '', 'unreachable'],
  ])('of %i %j is %s', (status, body, code) => {
    expect(codeOf(status, body)).toBe(code);
  });

  it('gives every response a code, a message and a suggestion', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.oneof(fc.string(), fc.json()),
        (status, body) => {
          const { error } = failureFromResponse({ status, body }, now);
          expect(error.message.length).toBeGreaterThan(0);
          expect(error.suggestion?.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('refers to the dashboard when the environment of a repository is missing', () => {
    const body = JSON.stringify({
      error: { code: 'validation_error', message: 'Set up an environment for o/r first' },
    });
    const { error } = failureFromResponse({ status: 400, body }, now);
    expect(error.suggestion).toContain('cursor.com/dashboard');
  });

  it('suggests a branch when a commit id is rejected as starting point', () => {
    const body = JSON.stringify({
      error: { code: 'validation_error', message: 'startingRef must be a branch name' },
    });
    expect(failureFromResponse({ status: 400, body }, now).error.suggestion).toContain('branch');
  });

  it('passes on a help page only if it uses https', () => {
    const withUrl = (helpUrl: string) =>
      failureFromResponse(
        {
          status: 403,
          body: JSON.stringify({
            error: { code: 'integration_not_connected', message: 'm', helpUrl },
          }),
        },
        now,
      ).error.helpUrl;
    expect(withUrl('https://cursor.com/x')).toBe('https://cursor.com/x');
    expect(withUrl('javascript:alert(1)')).toBeUndefined();
  });
});

describe('Retry-After', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Sun, 01 Nov 2026 00:01:00 GMT', 60_000],
    ['Sat, 31 Oct 2026 00:00:00 GMT', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['999999999', 3_600_000],
  ])('of %j is %s', (value, milliseconds) => {
    expect(parseRetryAfter(value, now)).toBe(milliseconds);
  });
});

it('recognizes network failures before the request was sent', () => {
  const refused = new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  });
  expect(failureFromNetwork(causeCodes(refused), 'it').neverSent).toBe(true);
  expect(failureFromNetwork(['ECONNRESET'], 'it').neverSent).toBe(false);
  expect(failureFromNetwork([], 'it').neverSent).toBe(false);
});
