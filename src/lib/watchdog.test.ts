import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startWatchdog } from './watchdog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does not fire while it is reset, and fires once after that', () => {
  const onTimeout = vi.fn();
  using watchdog = startWatchdog(60_000, onTimeout);
  for (let count = 0; count < 100; count += 1) {
    vi.advanceTimersByTime(59_000);
    watchdog.reset();
  }
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(watchdog.hasTimedOut).toBe(true);
  watchdog.reset();
  vi.advanceTimersByTime(600_000);
  expect(onTimeout).toHaveBeenCalledTimes(1);
});

it('uses a new limit from the reset on', () => {
  using watchdog = startWatchdog(100_000, () => undefined);
  vi.advanceTimersByTime(99_000);
  watchdog.reset(60_000);
  vi.advanceTimersByTime(59_000);
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(watchdog.hasTimedOut).toBe(true);
});

it('does not fire after it is disposed of', () => {
  const onTimeout = vi.fn();
  startWatchdog(1_000, onTimeout)[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect(onTimeout).not.toHaveBeenCalled();
});
