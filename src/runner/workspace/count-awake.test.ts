import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countAwake } from './count-awake.ts';

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-01-01') }));
afterEach(() => vi.useRealTimers());

const MINUTE_MS = 60_000;

test('time that the machine slept does not count', () => {
  const onTimeout = vi.fn();
  countAwake(10 * MINUTE_MS, onTimeout);
  vi.advanceTimersByTime(5 * MINUTE_MS);
  // The clock continues while the machine sleeps; timers do not.
  vi.setSystemTime(Date.now() + 8 * 60 * MINUTE_MS);
  vi.advanceTimersByTime(4 * MINUTE_MS);
  expect(onTimeout).not.toHaveBeenCalled();
  vi.advanceTimersByTime(MINUTE_MS);
  expect(onTimeout).toHaveBeenCalledOnce();
});

test('a clock that is set back does not lengthen the wait by more than a moment', () => {
  const onTimeout = vi.fn();
  countAwake(MINUTE_MS, onTimeout);
  vi.advanceTimersByTime(30_000);
  vi.setSystemTime(Date.now() - 60 * MINUTE_MS);
  vi.advanceTimersByTime(32_000);
  expect(onTimeout).toHaveBeenCalledOnce();
});

test('a wait that was stopped never calls back', () => {
  const onTimeout = vi.fn();
  const stop = countAwake(MINUTE_MS, onTimeout);
  stop();
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(onTimeout).not.toHaveBeenCalled();
});
