import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startWatchdog } from './watchdog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('stays quiet while something is heard, and reports silence once', () => {
  const onSilence = vi.fn();
  using watchdog = startWatchdog(60_000, onSilence);
  for (let beat = 0; beat < 100; beat += 1) {
    vi.advanceTimersByTime(59_000);
    watchdog.heard();
  }
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(watchdog.hasTimedOut).toBe(true);
  watchdog.heard();
  vi.advanceTimersByTime(600_000);
  expect(onSilence).toHaveBeenCalledTimes(1);
});

it('takes a new limit from what it heard on', () => {
  using watchdog = startWatchdog(100_000, () => undefined);
  vi.advanceTimersByTime(99_000);
  watchdog.heard(60_000);
  vi.advanceTimersByTime(59_000);
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(watchdog.hasTimedOut).toBe(true);
});

it('says nothing once it is disposed of', () => {
  const onSilence = vi.fn();
  startWatchdog(1_000, onSilence)[Symbol.dispose]();
  vi.advanceTimersByTime(10_000);
  expect(onSilence).not.toHaveBeenCalled();
});
