import { expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

const limits = { maxDeaths: 3, windowMs: 1_000, pauseMs: 5_000 };

it('pauses after too many deaths in a short time, and then allows a new start', () => {
  let now = 0;
  const breaker = createBreaker(() => now, limits);
  breaker.recordDeath();
  breaker.recordDeath();
  expect(breaker.pauseLeftMs()).toBe(0);
  breaker.recordDeath();
  expect(breaker.pauseLeftMs()).toBe(5_000);
  now = 5_000;
  expect(breaker.pauseLeftMs()).toBe(0);
});

it('does not mind deaths that are far apart', () => {
  let now = 0;
  const breaker = createBreaker(() => now, limits);
  for (let death = 0; death < 20; death += 1) {
    breaker.recordDeath();
    now += 600;
  }
  expect(breaker.pauseLeftMs()).toBe(0);
});
