import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sleep, sleepInBackground } from './sleep.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether a promise has settled after all pending callbacks have run. */
async function isOver(work: Promise<void>): Promise<boolean> {
  let over = false;
  void work.then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(0);
  return over;
}

it.each([
  ['sleep', sleep],
  ['sleepInBackground', sleepInBackground],
])('%s ends after its time', async (_, wait) => {
  const work = wait(1_000);
  await vi.advanceTimersByTimeAsync(999);
  expect(await isOver(work)).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await isOver(work)).toBe(true);
});

it('ends when its signal aborts, without an error or a remaining timer', async () => {
  const controller = new AbortController();
  const work = sleep(1_000, controller.signal);
  controller.abort();
  expect(await isOver(work)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('does not start if its signal has already aborted', async () => {
  expect(await isOver(sleep(1_000, AbortSignal.abort()))).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

it('waits for the maximum time of a timer if the time is longer', async () => {
  const work = sleep(Number.MAX_SAFE_INTEGER);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await isOver(work)).toBe(false);
});
