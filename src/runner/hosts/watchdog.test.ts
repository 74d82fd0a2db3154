import { expect, test } from 'vitest';
import { CHECK_EVERY_MS, DEFAULT_HOST_LIMITS, Watchdog } from './watchdog.ts';

/** The index of the check that reports a hang; null if none does. */
function checksUntilHung(
  checks: number,
  change: (
    index: number,
    watchdog: Watchdog,
  ) => { activity?: string; isSuspended?: boolean; at?: number } = () => ({}),
): number | null {
  const watchdog = new Watchdog(DEFAULT_HOST_LIMITS);
  let at = 0;
  for (let index = 0; index < checks; index += 1) {
    at += CHECK_EVERY_MS;
    const { activity = 'same', isSuspended = false, at: jump = 0 } = change(index, watchdog);
    at += jump;
    if (watchdog.check({ at, activity, isSuspended })) return index;
  }
  return null;
}

test('a host without heartbeats and without CPU use counts as hung after a minute', () => {
  expect(checksUntilHung(100)).toBe(13);
});

test('a host that uses the CPU without heartbeats counts as hung after five minutes', () => {
  expect(checksUntilHung(100, (index) => ({ activity: `cpu ${index}` }))).toBe(61);
});

test('a host with heartbeats never counts as hung', () => {
  const beating = (_: number, watchdog: Watchdog) => {
    watchdog.recordHeartbeat();
    return {};
  };
  expect(checksUntilHung(1_000, beating)).toBeNull();
});

test('time in which the machine slept does not count', () => {
  const sleeping = (index: number) => (index % 5 === 0 ? { at: 3_600_000 } : {});
  expect(checksUntilHung(14, sleeping)).toBeNull();
});

test('a suspended host never counts as hung', () => {
  expect(checksUntilHung(1_000, () => ({ isSuspended: true }))).toBeNull();
});
