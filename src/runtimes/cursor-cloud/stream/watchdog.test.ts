import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startStreamWatchdog } from './watchdog.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const limits = { beforeFirstHeartbeatMs: 100_000, afterFirstHeartbeatMs: 60_000 };

it('keeps a connection with only heartbeats', () => {
  using watchdog = startStreamWatchdog(limits, () => undefined);
  for (let heartbeat = 0; heartbeat < 100; heartbeat += 1) {
    vi.advanceTimersByTime(59_000);
    watchdog.reset(true);
  }
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(watchdog.hasTimedOut).toBe(true);
});

it('allows a longer silence before the first heartbeat', () => {
  using watchdog = startStreamWatchdog(limits, () => undefined);
  vi.advanceTimersByTime(99_000);
  watchdog.reset(false);
  vi.advanceTimersByTime(99_000);
  expect(watchdog.hasTimedOut).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(watchdog.hasTimedOut).toBe(true);
});
