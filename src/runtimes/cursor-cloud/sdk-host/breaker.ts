import type { Clock } from '../time.ts';

/**
 * Stops a crash loop: after `maxDeaths` deaths within `windowMs` nothing is started for `pauseMs`. Calls are
 * refused at once meanwhile, which is certain knowledge ("never sent") instead of one more unknown outcome.
 */
export type Breaker = {
  recordDeath(): void;
  /** Milliseconds until the next start is allowed; 0 = now. */
  pauseLeftMs(): number;
};

export type BreakerLimits = {
  readonly maxDeaths: number;
  readonly windowMs: number;
  readonly pauseMs: number;
};
const DEFAULT_BREAKER: BreakerLimits = { maxDeaths: 5, windowMs: 60_000, pauseMs: 30_000 };

export function createBreaker(clock: Clock, limits: BreakerLimits = DEFAULT_BREAKER): Breaker {
  let deaths: number[] = [];
  let pausedUntil = 0;
  return {
    recordDeath() {
      const now = clock();
      deaths = [...deaths.filter((at) => now - at < limits.windowMs), now];
      if (deaths.length < limits.maxDeaths) return;
      pausedUntil = now + limits.pauseMs;
      deaths = [];
    },
    pauseLeftMs: () => Math.max(0, pausedUntil - clock()),
  };
}
