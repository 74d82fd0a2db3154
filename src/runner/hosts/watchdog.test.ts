import { expect, test } from 'vitest';
import { DEFAULT_HOST_LIMITS, LOOK_EVERY_MS, Watchdog } from './watchdog.ts';

/** When it finds a hang, in looks; null when it finds none in so many. */
function looksUntilHung(
  looks: number,
  change: (
    index: number,
    watchdog: Watchdog,
  ) => { activity?: string; isSuspended?: boolean; at?: number } = () => ({}),
): number | null {
  const watchdog = new Watchdog(DEFAULT_HOST_LIMITS);
  let at = 0;
  for (let index = 0; index < looks; index += 1) {
    at += LOOK_EVERY_MS;
    const { activity = 'same', isSuspended = false, at: jump = 0 } = change(index, watchdog);
    at += jump;
    if (watchdog.look({ at, activity, isSuspended })) return index;
  }
  return null;
}

test('a host that says nothing and does nothing hangs after a minute', () => {
  expect(looksUntilHung(100)).toBe(13);
});

test('one that works silently gets five minutes', () => {
  expect(looksUntilHung(100, (index) => ({ activity: `cpu ${index}` }))).toBe(61);
});

test('one that says that it lives never hangs', () => {
  const alive = (_: number, watchdog: Watchdog) => {
    watchdog.noteAlive();
    return {};
  };
  expect(looksUntilHung(1_000, alive)).toBeNull();
});

test('time in which the machine slept is nobody’s silence', () => {
  const sleeping = (index: number) => (index % 5 === 0 ? { at: 3_600_000 } : {});
  expect(looksUntilHung(14, sleeping)).toBeNull();
});

test('one that someone has halted is left alone', () => {
  expect(looksUntilHung(1_000, () => ({ isSuspended: true }))).toBeNull();
});
