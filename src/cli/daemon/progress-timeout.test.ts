import { expect, test } from 'vitest';
import { ProgressTimeout } from './progress-timeout.ts';

/** A timeout with a controlled clock and processor time. */
function controlled() {
  const state = { now: 0, work: 0 };
  const progressTimeout = new ProgressTimeout({
    now: () => state.now,
    activityOf: () => String(state.work),
  });
  return { state, progressTimeout };
}

test('a start may take hours while the process makes progress', () => {
  const { state, progressTimeout } = controlled();
  for (let minute = 0; minute < 300; minute += 1) {
    state.now += 50_000;
    state.work += 1;
    expect(progressTimeout.shouldWait({ pid: 7, doing: 'is reading its journal' })).toBe(true);
  }
});

test('a new step of the start counts as progress, even without processor time', () => {
  const { state, progressTimeout } = controlled();
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is reading its journal' })).toBe(true);
  state.now = 50_000;
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 100_000;
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is starting' })).toBe(true);
});

test('waiting ends after a minute without progress of the start', () => {
  const { state, progressTimeout } = controlled();
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 59_000;
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 60_000;
  expect(progressTimeout.shouldWait({ pid: 7, doing: 'is starting' })).toBe(false);
});

test('waiting for a started daemon ends after a minute, and sooner if it makes no progress', () => {
  const busy = controlled();
  for (; busy.state.now < 59_000; busy.state.now += 1_000) {
    busy.state.work += 1;
    expect(busy.progressTimeout.shouldWait({ pid: 7, doing: null })).toBe(true);
  }
  busy.state.now = 60_000;
  expect(busy.progressTimeout.shouldWait({ pid: 7, doing: null })).toBe(false);
  const halted = controlled();
  expect(halted.progressTimeout.shouldWait({ pid: 7, doing: null })).toBe(true);
  halted.state.now = 20_000;
  expect(halted.progressTimeout.shouldWait({ pid: 7, doing: null })).toBe(false);
});
