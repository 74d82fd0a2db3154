import { expect, it } from 'vitest';
import { ApiError } from './api-error.ts';
import { RateLimit } from './rate-limit.ts';

it('rejects requests when the window is full, sends Retry-After, and forgets old requests', () => {
  const limit = new RateLimit(2, 60_000);
  for (const atMs of [0, 10_000]) {
    limit.check(atMs);
    limit.count(atMs);
  }
  try {
    limit.check(20_000);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect(error instanceof ApiError && error.headers['retry-after']).toBe('40');
  }
  limit.check(60_001);
});
