import { ApiError } from './api-error.ts';

/** A sliding-window rate limit. */
export class RateLimit {
  readonly #limit: number;
  readonly #windowMs: number;
  #requests: number[] = [];

  constructor(limit: number, windowMs: number) {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Throws a 429 with `Retry-After` if the window is full. */
  check(nowMs: number): void {
    this.#requests = this.#requests.filter((atMs) => atMs > nowMs - this.#windowMs);
    const oldest = this.#requests[0];
    if (oldest === undefined || this.#requests.length < this.#limit) return;
    const freeAtMs = oldest + this.#windowMs;
    throw new ApiError('rate_limit_exceeded', 'Rate limit exceeded', {
      'retry-after': String(Math.max(1, Math.ceil((freeAtMs - nowMs) / 1_000))),
      'x-ratelimit-limit': String(this.#limit),
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.ceil(freeAtMs / 1_000)),
    });
  }

  count(nowMs: number): void {
    this.#requests.push(nowMs);
  }
}
