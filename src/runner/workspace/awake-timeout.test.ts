import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startAwakeTimeout } from './awake-timeout.ts';

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-01-01') }));
afterEach(() => vi.useRealTimers());

const MINUTE_MS = 60_000;

test('time in which the machine sleeps does not count', () => {
  const onTimeout = vi.fn();
  startAwakeTimeout(10 * MINUTE_MS, onTimeout);
  vi.advanceTimersByTime(5 * MINUTE_MS);
  // The clock continues while the machine sleeps; timers do not.
  vi.setSystemTime(Date.now() + 8 * 60 * MINUTE_MS);
  vi.advanceTimersByTime(4 * MINUTE_MS);
  expect(onTimeout).not.toHaveBeenCalled();
  vi.advanceTimersByTime(MINUTE_MS);
  expect(onTimeout).toHaveBeenCalledOnce();
});

test('setting the clock back does not prolong the timeout by more than a tick', () => {
  const onTimeout = vi.fn();
  startAwakeTimeout(MINUTE_MS, onTimeout);
  vi.advanceTimersByTime(30_000);
  vi.setSystemTime(Date.now() - 60 * MINUTE_MS);
  vi.advanceTimersByTime(32_000);
  expect(onTimeout).toHaveBeenCalledOnce();
});

test('a cancelled timeout never fires', () => {
  const onTimeout = vi.fn();
  const stop = startAwakeTimeout(MINUTE_MS, onTimeout);
  stop();
  vi.advanceTimersByTime(10 * MINUTE_MS);
  expect(onTimeout).not.toHaveBeenCalled();
});
