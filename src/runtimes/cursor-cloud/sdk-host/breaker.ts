import type { Clock } from '../time.ts';

/**
 * A circuit breaker against crash loops: after `maxCrashes` crashes within `windowMs`, no process is started for
 * `pauseMs`. Calls then fail at once as never sent, instead of with an unknown outcome.
 */
export type Breaker = {
  recordCrash(): void;
  /** Milliseconds until the next start is allowed; 0 if it is allowed now. */
  remainingPauseMs(): number;
};

export type BreakerLimits = {
  readonly maxCrashes: number;
  readonly windowMs: number;
  readonly pauseMs: number;
};
const DEFAULT_BREAKER: BreakerLimits = { maxCrashes: 5, windowMs: 60_000, pauseMs: 30_000 };

export function createBreaker(clock: Clock, limits: BreakerLimits = DEFAULT_BREAKER): Breaker {
  let crashes: number[] = [];
  let pausedUntil = 0;
  return {
    recordCrash() {
      const now = clock();
      crashes = [...crashes.filter((at) => now - at < limits.windowMs), now];
      if (crashes.length < limits.maxCrashes) return;
      pausedUntil = now + limits.pauseMs;
      crashes = [];
    },
    remainingPauseMs: () => Math.max(0, pausedUntil - clock()),
  };
}
