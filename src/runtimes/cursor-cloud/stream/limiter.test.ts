import { describe, expect, it } from 'vitest';
import { createLimiter } from './limiter.ts';

function virtualTime() {
  const time = { now: 1_000_000 };
  return {
    time,
    clock: () => time.now,
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      // Everybody who may go goes before the time moves on.
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted !== true) time.now += milliseconds;
    },
  };
}
const open = () => new AbortController().signal;

describe('the shared limiter', () => {
  it('lets a burst through and spreads the rest over time', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 1_000,
    });
    const enteredAt: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        await limiter.enter(open());
        enteredAt.push(time.now - 1_000_000);
      }),
    );
    expect(enteredAt.filter((at) => at === 0)).toHaveLength(20);
    expect(enteredAt.at(-1)).toBeGreaterThanOrEqual(17_900);
    expect(enteredAt.at(-1)).toBeLessThanOrEqual(18_400);
  });

  it('lets nobody in while Cursor asked for a pause', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(60_000);
    await limiter.enter(open());
    expect(time.now - 1_000_000).toBe(60_000);
  });

  it('tries once every five minutes while Cursor asked for a long pause, one for all that wait', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(3_600_000);
    expect(limiter.pauseReason()).toMatch(/until 1970-01-01 01:16 UTC/);
    const abort = new AbortController();
    const enteredAt: number[] = [];
    const waiting = Array.from({ length: 50 }, async () => {
      if (!(await limiter.enter(abort.signal))) return;
      enteredAt.push(time.now - 1_000_000);
      limiter.release();
      if (enteredAt.length === 3) limiter.endPause();
    });
    await Promise.all(waiting);
    expect(enteredAt.slice(0, 3)).toEqual([300_000, 600_000, 900_000]);
    expect(enteredAt).toHaveLength(50);
    expect(enteredAt.at(-1)).toBeLessThan(910_000);
    expect(limiter.pauseReason()).toBeNull();
  });

  it('never waits longer than was asked for because the clock was set back', async () => {
    const { time, clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep);
    limiter.pause(60_000);
    time.now -= 500_000;
    await limiter.enter(open());
    expect(time.now - 500_000).toBeLessThanOrEqual(60_000);
  });

  it('opens only so many connections at the same time', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 2,
    });
    await limiter.enter(open());
    await limiter.enter(open());
    let hasEntered = false;
    const third = limiter.enter(open()).then(() => {
      hasEntered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEntered).toBe(false);
    limiter.release();
    await third;
    expect(hasEntered).toBe(true);
  });

  it('lets in what someone looks at before those who came earlier', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 1,
      maxOpening: 1_000,
    });
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      limiter.enter(open()).then(note('first')),
      limiter.enter(open()).then(note('second')),
      limiter.enter(open(), () => true).then(note('shown')),
    ]);
    expect(order).toEqual(['first', 'shown', 'second']);
  });

  it('says so when the signal aborts, and lets the next one in', async () => {
    const { clock, sleep } = virtualTime();
    const limiter = createLimiter(clock, sleep, undefined, {
      perSecond: 10,
      burst: 20,
      maxOpening: 1,
    });
    await limiter.enter(open());
    const abort = new AbortController();
    const aborted = limiter.enter(abort.signal);
    const next = limiter.enter(open());
    abort.abort();
    expect(await aborted).toBe(false);
    limiter.release();
    expect(await next).toBe(true);
  });
});
