import { expect, test } from 'vitest';
import { Patience } from './patience.ts';

/** A daemon whose processor time and clock a test moves. */
function watched() {
  const state = { now: 0, work: 0 };
  const patience = new Patience({ now: () => state.now, activityOf: () => String(state.work) });
  return { state, patience };
}

test('a start may take hours while the process gets on', () => {
  const { state, patience } = watched();
  for (let minute = 0; minute < 300; minute += 1) {
    state.now += 50_000;
    state.work += 1;
    expect(patience.lasts({ pid: 7, doing: 'is reading its journal' })).toBe(true);
  }
});

test('a next step of the start counts as getting on, even without processor time', () => {
  const { state, patience } = watched();
  expect(patience.lasts({ pid: 7, doing: 'is reading its journal' })).toBe(true);
  state.now = 50_000;
  expect(patience.lasts({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 100_000;
  expect(patience.lasts({ pid: 7, doing: 'is starting' })).toBe(true);
});

test('a start that stands still for a minute is given up', () => {
  const { state, patience } = watched();
  expect(patience.lasts({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 59_000;
  expect(patience.lasts({ pid: 7, doing: 'is starting' })).toBe(true);
  state.now = 60_000;
  expect(patience.lasts({ pid: 7, doing: 'is starting' })).toBe(false);
});

test('a started daemon that works without answering is given up after a minute, a halted one sooner', () => {
  const busy = watched();
  for (; busy.state.now < 59_000; busy.state.now += 1_000) {
    busy.state.work += 1;
    expect(busy.patience.lasts({ pid: 7, doing: null })).toBe(true);
  }
  busy.state.now = 60_000;
  expect(busy.patience.lasts({ pid: 7, doing: null })).toBe(false);
  const halted = watched();
  expect(halted.patience.lasts({ pid: 7, doing: null })).toBe(true);
  halted.state.now = 20_000;
  expect(halted.patience.lasts({ pid: 7, doing: null })).toBe(false);
});
