import { expect, it } from 'vitest';
import { createBreaker } from './breaker.ts';

const limits = { maxCrashes: 3, windowMs: 1_000, pauseMs: 5_000 };

it('pauses after too many crashes in a short time, and then allows a new start', () => {
  let now = 0;
  const breaker = createBreaker(() => now, limits);
  breaker.recordCrash();
  breaker.recordCrash();
  expect(breaker.remainingPauseMs()).toBe(0);
  breaker.recordCrash();
  expect(breaker.remainingPauseMs()).toBe(5_000);
  now = 5_000;
  expect(breaker.remainingPauseMs()).toBe(0);
});

it('ignores crashes that are far apart', () => {
  let now = 0;
  const breaker = createBreaker(() => now, limits);
  for (let crash = 0; crash < 20; crash += 1) {
    breaker.recordCrash();
    now += 600;
  }
  expect(breaker.remainingPauseMs()).toBe(0);
});
